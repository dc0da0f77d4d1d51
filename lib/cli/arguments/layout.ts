import { InvalidArgumentError } from 'commander';
import { OpenMVError } from '../../errors.js';
import { structs, type FieldType, type StructLayout, type StructOptions } from '../../index.js';

/** A value of a record for JSON and people. Integers that a JavaScript number can't hold are text. */
export type Printable = number | string | boolean;

/** A layout in the letters of Python's `struct`, such as `<Q6f`. */
export interface LayoutArgument {
  /** The same layout for `structs`, with the fields `field1`, `field2` and so on. */
  readonly layout: StructLayout;
  readonly byteOrder: NonNullable<StructOptions['byteOrder']>;
  /** Reads the records of a channel's bytes. Throws `INVALID_ARGUMENT` with the channel's name if the last record is not whole. */
  readonly records: (bytes: Uint8Array, channel: string) => readonly (readonly Printable[])[];
}

/** The letters of Python's `struct` that have the same size everywhere. */
const LETTERS: ReadonlyMap<string, FieldType> = new Map<string, FieldType>([
  ['b', 'i8'],
  ['B', 'u8'],
  ['?', 'u8'],
  ['h', 'i16'],
  ['H', 'u16'],
  ['i', 'i32'],
  ['I', 'u32'],
  ['l', 'i32'],
  ['L', 'u32'],
  ['q', 'i64'],
  ['Q', 'u64'],
  ['f', 'f32'],
  ['d', 'f64'],
]);
const ONE = /(\d*)([a-zA-Z?])/g;
const MOST_FIELDS = 10_000;

/**
 * Parses the letters of Python's `struct`, after `<`, `>`, `=` or `!`.
 *
 * @throws {InvalidArgumentError} for anything else.
 */
export function layoutArgument(value: string): LayoutArgument {
  const [, order = '', letters = ''] = /^([<>=!])((?:\s*\d*[a-zA-Z?])+)\s*$/.exec(value) ?? [];
  if (letters === '')
    throw new InvalidArgumentError("Use the letters of Python's struct after < for little-endian, as in '<Q6f'.");
  const byteOrder = order === '>' || order === '!' ? 'big' : 'little';
  const fields = [...letters.matchAll(ONE)].flatMap(([, count = '', letter = '']) => fieldsOf(count, letter));
  if (fields.length > MOST_FIELDS) throw new InvalidArgumentError(`It has more than ${MOST_FIELDS} fields.`);
  const shown = fields.filter(({ letter }) => letter !== 'x');
  if (shown.length === 0) throw new InvalidArgumentError('It has no fields.');
  const layout = Object.fromEntries(fields.map(({ type }, at) => [`field${at + 1}`, type]));
  const codec = structs(layout, { byteOrder });
  const records = (bytes: Uint8Array, channel: string): Printable[][] => {
    if (bytes.length % codec.size !== 0) {
      const words = `channel '${channel}' holds ${bytes.length} bytes, but a record of ${value} has ${codec.size}: use the layout that its script packs`;
      throw new OpenMVError('INVALID_ARGUMENT', words);
    }
    return codec
      .decode(bytes)
      .map((record) => Object.values(record).map((one, at) => printable(one, shown[at]?.letter)));
  };
  return { layout, byteOrder, records };
}

/** Returns as many fields as the count says. For `s` and `x` the count is a length. */
function fieldsOf(count: string, letter: string): readonly { readonly letter: string; readonly type: FieldType }[] {
  const number = count === '' ? 1 : Number(count);
  if (letter === 's' || letter === 'x') {
    const type = [letter === 's' ? 'chars' : 'padding', number] as const;
    return number === 0 ? [] : [{ letter, type }];
  }
  const type = LETTERS.get(letter);
  if (type === undefined)
    throw new InvalidArgumentError(`'${letter}' is not supported. Use ${[...LETTERS.keys(), 's', 'x'].join(' ')}.`);
  return Array.from({ length: Math.min(number, MOST_FIELDS + 1) }, () => ({ letter, type }));
}

/** Joins a record to a line for people. */
export function recordLine(values: readonly Printable[]): string {
  return values
    .map((one) => (typeof one === 'string' && /[\s\p{Cc}"]|^$/u.test(one) ? JSON.stringify(one) : one))
    .join(' ');
}

function printable(value: unknown, letter = ''): Printable {
  if (letter === '?') return value !== 0;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== 'number') return value as string;
  if (!Number.isFinite(value)) return String(value);
  return letter === 'f' ? shortest(value) : value;
}

/** Finds the shortest number with the same 32 bits: 0.1 instead of 0.10000000149011612. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

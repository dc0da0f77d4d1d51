import { OpenMVError } from './errors.js';

/** A value as an error shows it, whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value.length <= 40 ? `'${value}'` : `a text of ${value.length} characters`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? `${value}n` : String(value);
  const { name } =
    (Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: string } } | null)?.constructor ?? {};
  if (ArrayBuffer.isView(value)) return `a ${name ?? 'view'} of ${value.byteLength} bytes`;
  return name === undefined || name === '' || name === 'Object' ? 'an object' : `a ${name}`;
}

/**
 * Checks one argument, for programs that no compiler has checked.
 *
 * @param wanted what the function takes, such as "a channel's name is a text"
 * @throws {OpenMVError} `INVALID_ARGUMENT` that says what is wanted and what was given.
 */
export function requireArgument(isRight: boolean, wanted: string, given: unknown): void {
  if (!isRight) throw new OpenMVError('INVALID_ARGUMENT', `${wanted}, not ${shown(given)}`);
}

/** Tells whether a value is an object or function that has all these methods. */
export function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  if (!isObject(value) && typeof value !== 'function') return false;
  return names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'function');
}

/** Tells whether a value is an object, and not `null`. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Tells whether a value is an array of bytes. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Partial<Uint8Array>).BYTES_PER_ELEMENT === 1;
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` for what is no transport, as a path is none. */
export function requireTransport(taker: string, transport: unknown): void {
  const wanted = `${taker} takes a transport, such as serialPort('/dev/ttyACM0') of openmv-rx/serialport`;
  requireArgument(hasMethods(transport, 'open'), wanted, transport);
}

/** A number that is above 0, `Infinity` too; `byDefault` where none is given. */
export function positive(option: string, value: unknown, byDefault: number): number {
  if (value === undefined) return byDefault;
  requireArgument(typeof value === 'number' && value > 0, `${option} must be a number above 0`, value);
  return value as number;
}

export function requireFlag(option: string, value: unknown): void {
  requireArgument(typeof value === 'boolean', `${option} must be true or false`, value);
}

export function requirePath(what: string, value: unknown): void {
  requireArgument(typeof value === 'string' && value !== '', `${what} must be a path`, value);
}

export function requireByteOrder(value: unknown): void {
  requireArgument(value === 'little' || value === 'big', "byteOrder must be 'little' or 'big'", value);
}

/** A scheduler of RxJS, or none. */
export function requireScheduler(value: unknown): void {
  const isRight = value === undefined || hasMethods(value, 'now', 'schedule');
  requireArgument(isRight, 'scheduler must be a scheduler of RxJS', value);
}

/** The names of all options of a type, so that a new one can't be forgotten. */
export type OptionNames<T> = { readonly [K in keyof Required<T>]: true };

/**
 * Refuses options that a function does not have: a misspelt one would be ignored.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` that names the option, and the one that it is nearest to.
 */
export function requireOptions<T extends object>(taker: string, options: T, known: OptionNames<T>): void {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null) {
    const kind = given === null ? 'null' : typeof given;
    throw new OpenMVError('INVALID_ARGUMENT', `${taker} takes its options as an object, not as ${kind}`);
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const names = Object.keys(known);
  const meant = names.find((name) => isNear(unknown.toLowerCase(), name.toLowerCase()));
  const words = meant === undefined ? `it has ${names.join(', ')}` : `did you mean '${meant}'?`;
  throw new OpenMVError('INVALID_ARGUMENT', `${taker} has no option '${unknown}': ${words}`);
}

/** Tells whether one is the beginning of the other, or they differ by one or two letters. */
function isNear(word: string, name: string): boolean {
  return name.startsWith(word) || word.startsWith(name) || distance(word, name) <= Math.min(2, name.length / 3);
}

/** The number of letters to put in, take out or change to make `b` of `a`. */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (before[j - 1] as number) + Number(a[i - 1] !== b[j - 1]);
      row.push(Math.min(changed, (before[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    before = row;
  }
  return before[b.length] as number;
}

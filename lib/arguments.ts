import { OpenMVError } from './errors.js';

/** Shows any value in an error, in a few words. */
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
 * Checks one argument, also in plain JavaScript.
 *
 * @param wanted the requirement, such as "the name of a channel must be a string"
 * @throws {OpenMVError} `INVALID_ARGUMENT` with the requirement and the given value.
 */
export function requireArgument(isRight: boolean, wanted: string, given: unknown): void {
  if (!isRight) throw new OpenMVError('INVALID_ARGUMENT', `${wanted}, not ${shown(given)}`);
}

/**
 * Checks that an argument is a whole number in a range. Without an upper limit the range ends where numbers stop being exact.
 *
 * @param name the argument's name, or a description of it, for the error
 * @throws {OpenMVError} `INVALID_ARGUMENT` with the range and the given value.
 */
export function requireWhole(name: string, value: unknown, from: number, to = Number.MAX_SAFE_INTEGER): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return;
  const range = to === Number.MAX_SAFE_INTEGER ? `${from} or more` : `from ${from} to ${to}`;
  requireArgument(false, `${name} must be a whole number, ${range}`, value);
}

/** Checks that an argument is a number in a range, which may be a fraction. Without an upper limit it may be `Infinity`. */
export function requireNumber(name: string, value: unknown, from: number, to = Infinity): void {
  if (typeof value === 'number' && value >= from && value <= to) return;
  const range = to === Infinity ? `${from} or more` : `from ${from} to ${to}`;
  requireArgument(false, `${name} must be a number, ${range}`, value);
}

/** The longest timer of the platform, 24 days, in milliseconds. A longer one fires at once. */
export const LONGEST_TIMER_MS = 0x7fff_ffff;

/** Checks that an argument is a time that a timer of the platform can wait. */
export function requireInterval(name: string, ms: unknown): void {
  const isRight = typeof ms === 'number' && ms > 0 && ms <= LONGEST_TIMER_MS;
  requireArgument(isRight, `${name} must be milliseconds above 0, at most 24 days`, ms);
}

/** Checks that an argument is one of a few values. */
export function requireOneOf(name: string, value: unknown, values: readonly unknown[]): void {
  requireArgument(values.includes(value), `${name} must be one of ${values.join(', ')}`, value);
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

/** @throws {OpenMVError} `INVALID_ARGUMENT` for anything but a transport, such as a path. */
export function requireTransport(taker: string, transport: unknown): void {
  const wanted = `${taker} takes a transport, such as serialPort('/dev/ttyACM0') of openmv-rx/serialport`;
  requireArgument(hasMethods(transport, 'open'), wanted, transport);
}

/** Returns a number above 0, which may be `Infinity`, or `byDefault` if none is given. */
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
  requireOneOf('byteOrder', value, ['little', 'big']);
}

/** Accepts a scheduler of RxJS, or `undefined`. */
export function requireScheduler(value: unknown): void {
  const isRight = value === undefined || hasMethods(value, 'now', 'schedule');
  requireArgument(isRight, 'scheduler must be a scheduler of RxJS', value);
}

/** Drops properties that are `undefined`: they count as not given. */
export function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as ReturnType<typeof given<T>>;
}

/** An object with all options of a type: their names, or their defaults. The compiler reports an option that is missing here. */
export type OptionNames<T> = { readonly [K in keyof Required<T>]: unknown };

/**
 * Refuses options that a function does not have. A misspelt option would otherwise be ignored.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` with the unknown option and the one that is most like it.
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

/** Tells whether one word is the beginning of the other, or they differ by one or two letters. */
function isNear(word: string, name: string): boolean {
  return name.startsWith(word) || word.startsWith(name) || distance(word, name) <= Math.min(2, name.length / 3);
}

/** The edit distance of two words: how many letters to insert, delete or change. */
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

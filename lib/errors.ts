/**
 * What went wrong, as a word a program can branch on.
 *
 * | code | meaning |
 * |---|---|
 * | `NAK` | the other end refused; `status` holds its status code (PROTOCOL 2) |
 * | `TIMEOUT` | no answer within the deadline |
 * | `LINK_LOST` | the port or connection went away, or the camera restarted, before the answer came |
 * | `PORT_UNAVAILABLE` | the port or connection could not be opened |
 * | `OUTCOME_UNKNOWN` | a command that changes something may or may not have been executed |
 * | `NO_SUCH_CHANNEL` | the camera has no channel of that name |
 * | `NOT_READABLE`, `NOT_WRITABLE`, `NOT_LOCKABLE` | the channel's flags forbid it |
 * | `TOO_LARGE` | a message or value is over a stated limit |
 * | `MALFORMED` | bytes that do not have the layout they should |
 * | `UNSUPPORTED_FIRMWARE` | the camera speaks another version of the protocol |
 * | `QUEUE_FULL` | more commands wait than the stated limit |
 * | `NO_HOST` | device end: an event was sent while no host listens |
 * | `INVALID_ARGUMENT` | a wrong argument; thrown at the call |
 * | `DISK_FULL` | there is no room for what is to be written |
 * | `FILE_EXISTS` | a file is there already and may not be overwritten |
 * | `FILE_UNAVAILABLE` | a file can't be made, opened, read or written |
 * | `TRUNCATED` | a file ends too early; what it holds until there was given |
 */
export type ErrorCode =
  | 'NAK'
  | 'TIMEOUT'
  | 'LINK_LOST'
  | 'PORT_UNAVAILABLE'
  | 'OUTCOME_UNKNOWN'
  | 'NO_SUCH_CHANNEL'
  | 'NOT_READABLE'
  | 'NOT_WRITABLE'
  | 'NOT_LOCKABLE'
  | 'TOO_LARGE'
  | 'MALFORMED'
  | 'UNSUPPORTED_FIRMWARE'
  | 'QUEUE_FULL'
  | 'NO_HOST'
  | 'INVALID_ARGUMENT'
  | 'DISK_FULL'
  | 'FILE_EXISTS'
  | 'FILE_UNAVAILABLE'
  | 'TRUNCATED';

/** What may accompany an {@link OpenMVError}. */
export interface OpenMVErrorOptions {
  /** What this error was caused by. */
  readonly cause?: unknown;
  /** The status a NAK carried (PROTOCOL 2). */
  readonly status?: number;
}

/**
 * The one error of this library: every Observable of it errors with this class, and wrong arguments throw it.
 *
 * @example
 * ```ts
 * import { OpenMVError, isOpenMVError } from 'openmv-rx';
 *
 * const error: unknown = new OpenMVError('TIMEOUT', 'the camera did not answer');
 * if (isOpenMVError(error, 'TIMEOUT')) console.error(error.message);
 * ```
 */
export class OpenMVError extends Error {
  override readonly name = 'OpenMVError';
  /** The status of a NAK (PROTOCOL 2), else `undefined`. */
  readonly status: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: OpenMVErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status;
  }
}

/** Whether `value` is an {@link OpenMVError}, and, if `code` is given, one of that code. */
export function isOpenMVError(value: unknown, code?: ErrorCode): value is OpenMVError {
  return value instanceof OpenMVError && (code === undefined || value.code === code);
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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

/**
 * The kinds of errors, for programs to test.
 *
 * | code | meaning |
 * |---|---|
 * | `NAK` | the other end refused; `status` is its status code (PROTOCOL 2) |
 * | `TIMEOUT` | no answer within the deadline |
 * | `LINK_LOST` | the port or connection went away, or the camera restarted, before the answer came |
 * | `PORT_UNAVAILABLE` | the port or connection could not be opened |
 * | `OUTCOME_UNKNOWN` | a command that changes something may or may not have been executed |
 * | `NO_SUCH_CHANNEL` | the camera has no channel of that name |
 * | `NOT_READABLE`, `NOT_WRITABLE`, `NOT_LOCKABLE` | the channel's flags forbid it |
 * | `TOO_LARGE` | a message or value is over a stated limit |
 * | `MALFORMED` | bytes do not have the expected layout |
 * | `UNSUPPORTED_FIRMWARE` | the camera uses another version of the protocol |
 * | `QUEUE_FULL` | more commands or values wait than a stated limit allows |
 * | `NO_HOST` | the camera's end sent an event, but no host listens |
 * | `INVALID_ARGUMENT` | an argument is wrong; thrown at the call |
 * | `DISK_FULL` | the disk, or the memory of a page, is full |
 * | `FILE_EXISTS` | the file exists already, and overwriting is not allowed |
 * | `FILE_UNAVAILABLE` | a file can't be created, opened, read or written; or a decoder is not installed |
 * | `TRUNCATED` | a file ends too early; everything before its end was delivered |
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

/**
 * The error class of this library. Its Observables error with it, and its functions throw it for wrong arguments.
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
  /** The status code of a NAK (PROTOCOL 2), otherwise `undefined`. */
  readonly status: number | undefined;

  /** @param options `cause` is the error behind this one, and `status` the status of a NAK (PROTOCOL 2). */
  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly status?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status;
  }
}

/** Tells whether `value` is an {@link OpenMVError}, with the given code if you pass one. */
export function isOpenMVError(value: unknown, code?: ErrorCode): value is OpenMVError {
  return value instanceof OpenMVError && (code === undefined || value.code === code);
}

/** Returns the message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

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

/** Whether `value` is an {@link OpenMVError}, and, if `code` is given, one of that code. */
export function isOpenMVError(value: unknown, code?: ErrorCode): value is OpenMVError {
  return value instanceof OpenMVError && (code === undefined || value.code === code);
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { isOpenMVError, messageOf, OpenMVError, type ErrorCode } from '../../errors.js';

/** What the system's reason means to who records or plays back, and what to try. */
type Reason = readonly [code: ErrorCode, words: string];

const REASONS: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ['ENOSPC', ['DISK_FULL', 'the disk is full: make room, or record to another one']],
  ['EDQUOT', ['DISK_FULL', 'the quota of the disk is used up: make room, or record to another one']],
  ['EFBIG', ['DISK_FULL', 'the file is as large as this file system allows: split the recording']],
  ['EEXIST', ['FILE_EXISTS', 'it is there already: take another name, or say that it may be overwritten']],
  ['EACCES', ['FILE_UNAVAILABLE', 'there is no permission for it']],
  ['EPERM', ['FILE_UNAVAILABLE', 'there is no permission for it']],
  ['EROFS', ['FILE_UNAVAILABLE', 'its file system is read-only']],
  ['ENOENT', ['FILE_UNAVAILABLE', 'there is no such file or folder']],
  ['ENOTDIR', ['FILE_UNAVAILABLE', 'a part of its path is no folder']],
  ['ENXIO', ['FILE_UNAVAILABLE', 'it is a socket, or a pipe that nobody reads: start its reader first']],
  ['EPIPE', ['FILE_UNAVAILABLE', 'its reader has gone']],
  ['EISDIR', ['FILE_UNAVAILABLE', 'it is a folder']],
  // What a browser says of its files.
  ['QuotaExceededError', ['DISK_FULL', 'there is no room left for it: make some, or record less at a time']],
  [
    'NotAllowedError',
    ['FILE_UNAVAILABLE', 'there is no permission for it: have the person choose it anew, in the handler of a click'],
  ],
  ['NoModificationAllowedError', ['FILE_UNAVAILABLE', 'it is being written by somebody else']],
  ['NotFoundError', ['FILE_UNAVAILABLE', 'there is no such file or folder any more']],
  ['TypeMismatchError', ['FILE_UNAVAILABLE', 'it is a folder']],
]);

/** An error of a file system, of a computer or a browser, as one of this library; one of this library as it is. */
export function fileError(error: unknown, path: string, doing: 'written' | 'read'): OpenMVError {
  if (isOpenMVError(error)) return error;
  const { code: system, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  // The names stand in `code` in Node, where `name` is always `Error`, and in `name` in browsers, where `code` is a number.
  const [code, words]: Reason = REASONS.get(String(system)) ??
    REASONS.get(String(name)) ?? ['FILE_UNAVAILABLE', messageOf(error)];
  return new OpenMVError(code, `${path} can't be ${doing}: ${words}`, { cause: error });
}

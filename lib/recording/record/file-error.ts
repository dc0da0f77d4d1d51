import { isOpenMVError, messageOf, OpenMVError, type ErrorCode } from '../../errors.js';

/** The meaning of the system's error, and what to try. */
type Reason = readonly [code: ErrorCode, words: string];

const REASONS: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ['ENOSPC', ['DISK_FULL', 'the disk is full: free some space, or record to another disk']],
  ['EDQUOT', ['DISK_FULL', 'the quota of the disk is used up: free some space, or record to another disk']],
  ['EFBIG', ['DISK_FULL', 'the file is as large as this file system allows: split the recording']],
  ['EEXIST', ['FILE_EXISTS', 'it exists already: choose another name, or allow overwriting']],
  ['EACCES', ['FILE_UNAVAILABLE', 'permission is denied']],
  ['EPERM', ['FILE_UNAVAILABLE', 'permission is denied']],
  ['EROFS', ['FILE_UNAVAILABLE', 'its file system is read-only']],
  ['ENOENT', ['FILE_UNAVAILABLE', 'there is no such file or folder']],
  ['ENOTDIR', ['FILE_UNAVAILABLE', 'a part of its path is not a folder']],
  ['ENXIO', ['FILE_UNAVAILABLE', 'it is a socket, or a pipe without a reader: start the reader first']],
  ['EPIPE', ['FILE_UNAVAILABLE', 'its reader has closed it']],
  ['EISDIR', ['FILE_UNAVAILABLE', 'it is a folder']],
  // The errors of browsers.
  ['QuotaExceededError', ['DISK_FULL', 'the storage quota is used up: free some space, or record less at a time']],
  ['NotAllowedError', ['FILE_UNAVAILABLE', 'permission is denied: let the user choose it again, in a click handler']],
  ['NoModificationAllowedError', ['FILE_UNAVAILABLE', 'another program is writing to it']],
  ['NotFoundError', ['FILE_UNAVAILABLE', 'the file or folder no longer exists']],
  ['TypeMismatchError', ['FILE_UNAVAILABLE', 'it is a folder']],
]);

/** Translates an error of the file system or the browser to an `OpenMVError`. Returns an `OpenMVError` unchanged. */
export function fileError(error: unknown, path: string, doing: 'written' | 'read'): OpenMVError {
  if (isOpenMVError(error)) return error;
  const { code: system, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  // Node has the reason in `code`; browsers have it in `name`, and a number in `code`.
  const [code, words]: Reason = REASONS.get(String(system)) ??
    REASONS.get(String(name)) ?? ['FILE_UNAVAILABLE', messageOf(error)];
  return new OpenMVError(code, `${path} can't be ${doing}: ${words}`, { cause: error });
}

/** The error of the system for a file that exists, where no system says so. */
export function alreadyExists(path: string): Error {
  return Object.assign(new Error(`${path} exists`), { code: 'EEXIST' });
}

/** Tells whether a promise resolves. */
export function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

import { open, stat } from 'node:fs/promises';
import { OpenMVError } from '../../errors.js';
import { fileError } from '../record/file-error.js';

/** A file that is read here and there. */
export interface ReadableFile {
  size(): Promise<number>;
  /** Reads as much as there is, up to all of `buffer`, from `position` or where the last such reading ended. Gives how much that was. */
  read(buffer: Uint8Array, position?: number): Promise<number>;
  close(): Promise<void>;
}

/** Rejects, as all that it gives does, with `FILE_UNAVAILABLE`. */
export type OpenFile = (path: string) => Promise<ReadableFile>;

/** Of the file system of this computer. */
export const openToRead: OpenFile = async (path) => {
  const failed = (error: unknown): never => {
    throw fileError(error, path, 'read');
  };
  const handle = await open(path).catch(failed);
  return {
    size: async () => (await handle.stat().catch(failed)).size,
    read: async (buffer, position) =>
      (await handle.read(buffer, 0, buffer.length, position ?? null).catch(failed)).bytesRead,
    close: () => handle.close(),
  };
};

/** {@link openToRead} of what can be read more than once, from any position: no pipe and no device. */
export const openToReplay: OpenFile = async (path) => {
  const found = await stat(path).catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
  if (!found.isFile() && !found.isDirectory()) {
    const words = `${path} is a pipe or a device, which can't be read more than once: save it as a file first`;
    throw new OpenMVError('FILE_UNAVAILABLE', words);
  }
  return openToRead(path);
};

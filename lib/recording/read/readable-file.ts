import { open, stat } from 'node:fs/promises';
import { OpenMVError } from '../../errors.js';
import { fileError } from '../record/file-error.js';

/** A file that is read at any position. */
export interface ReadableFile {
  size(): Promise<number>;
  /** Reads up to the length of `buffer`, from `position` or the end of the last read. Resolves to the number of bytes. */
  read(buffer: Uint8Array, position?: number): Promise<number>;
  close(): Promise<void>;
}

/** Opens a file. It and all methods of the file reject with `FILE_UNAVAILABLE`. */
export type OpenFile = (path: string) => Promise<ReadableFile>;

/** Opens a file of this computer. */
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

/** Opens a file that can be read repeatedly and at any position. Rejects for a pipe or a device. */
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

import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { RecordingFile, RecordingStorage } from './record/storage.js';

/** The file system of this computer. A recording can also go to a pipe or a device, because it is written front to back. */
export const disk: RecordingStorage = {
  create: async (path, overwrite) => {
    if (!overwrite && !(await isSpecial(path))) return fileOf(await open(path, 'wx'), 0);
    await checkReader(path);
    return fileOf(await open(path, 'w'), 0);
  },
};

/** Opens an existing file to append to it. */
export async function appendTo(path: string): Promise<RecordingFile> {
  if (await isSpecial(path)) return disk.create(path, true);
  const handle = await open(path, 'r+');
  return fileOf(handle, (await handle.stat()).size);
}

/** Resolves to true for a pipe or a device, which holds nothing that could be overwritten. */
export async function isSpecial(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** Fails with ENXIO for a pipe without a reader: the usual open would wait for one and could not be aborted. */
async function checkReader(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFIFO() !== true) return;
  await (await open(path, constants.O_WRONLY | constants.O_NONBLOCK)).close();
}

async function fileOf(handle: FileHandle, end: number): Promise<RecordingFile> {
  const isFile = (await handle.stat()).isFile();
  let position = end;
  return {
    write: async (bytes) => {
      // A disk that is nearly full writes a part, and reports the error only at the next write.
      for (let done = 0; done < bytes.length;) {
        // A pipe has no positions.
        const at = isFile ? position : null;
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at);
        done += bytesWritten;
        position += bytesWritten;
      }
    },
    truncate: async (length) => {
      await handle.truncate(length);
      position = length;
    },
    close: async () => {
      try {
        if (isFile) await handle.datasync();
      } finally {
        await handle.close();
      }
    },
  };
}

import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { RecordingFile, RecordingStorage } from './record/storage.js';

/** The file system of this computer. Pipes and devices take a recording too: it is written from its beginning to its end. */
export const disk: RecordingStorage = {
  create: async (path, overwrite) => {
    if (!overwrite && !(await isSpecial(path))) return fileOf(await open(path, 'wx'), 0);
    await checkReader(path);
    return fileOf(await open(path, 'w'), 0);
  },
};

/** A file of this computer that is there, to go on at its end. */
export async function appendTo(path: string): Promise<RecordingFile> {
  if (await isSpecial(path)) return disk.create(path, true);
  const handle = await open(path, 'r+');
  return fileOf(handle, (await handle.stat()).size);
}

/** A pipe or a device, which holds nothing that could be overwritten. */
export async function isSpecial(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** Opening a pipe waits for its reader, and nothing can end that wait: fail with ENXIO when there is none. */
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
      // A disk that is nearly full takes a part and says so only with the next write.
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

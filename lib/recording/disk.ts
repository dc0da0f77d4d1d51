import { open, type FileHandle } from 'node:fs/promises';
import type { RecordingFile, RecordingStorage } from './record/storage.js';

/** The file system of this computer. */
export const disk: RecordingStorage = {
  create: async (path, overwrite) => fileOf(await open(path, overwrite ? 'w' : 'wx'), 0),
};

/** A file of this computer that is there, to go on at its end. */
export async function appendTo(path: string): Promise<RecordingFile> {
  const handle = await open(path, 'r+');
  return fileOf(handle, (await handle.stat()).size);
}

function fileOf(handle: FileHandle, end: number): RecordingFile {
  let position = end;
  return {
    write: async (bytes) => {
      // A disk that is nearly full takes a part and says so only with the next write.
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position);
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
        await handle.datasync();
      } finally {
        await handle.close();
      }
    },
  };
}

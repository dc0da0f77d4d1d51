import { open, type FileHandle } from 'node:fs/promises';

/** Where a recording's files are made. For tests of a disk that is slow or full, and for places that are no disk. */
export interface RecordingStorage {
  /** Makes a file. Rejects with the code `EEXIST` where there is one and it may not be overwritten. */
  create(path: string, overwrite: boolean): Promise<RecordingFile>;
}

/** A file that is being recorded. It is asked for one thing at a time. */
export interface RecordingFile {
  /** Appends all of the bytes, which are valid until it resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** Cuts the file to `length` bytes, where the next `write` goes on. */
  truncate(length: number): Promise<void>;
  /** Makes sure that all of it is kept, and lets go of it. */
  close(): Promise<void>;
}

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

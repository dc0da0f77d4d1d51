import type { RecordingFile, RecordingStorage } from '../../lib/recording/index.js';

/** Files in memory, on a disk that takes its time or fails when it is told to. */
export class MemoryStorage implements RecordingStorage {
  readonly files = new Map<string, Buffer>();
  readonly closed: string[] = [];
  writes = 0;
  /** Awaited before each write. */
  beforeWrite: (path: string) => Promise<void> = () => Promise.resolve();
  /** How many bytes all files may have. */
  capacity = Infinity;

  create(path: string, overwrite: boolean): Promise<RecordingFile> {
    if (this.files.has(path) && !overwrite)
      return Promise.reject(Object.assign(new Error('there'), { code: 'EEXIST' }));
    this.files.set(path, Buffer.alloc(0));
    return Promise.resolve({
      write: async (bytes: Uint8Array) => {
        this.writes++;
        await this.beforeWrite(path);
        const room = this.capacity - [...this.files.values()].reduce((sum, { length }) => sum + length, 0);
        this.files.set(path, Buffer.concat([this.files.get(path)!, bytes.subarray(0, Math.max(room, 0))]));
        if (bytes.length > room) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      },
      truncate: (length: number) => {
        this.files.set(path, this.files.get(path)!.subarray(0, length));
        return Promise.resolve();
      },
      close: () => {
        this.closed.push(path);
        return Promise.resolve();
      },
    });
  }
}

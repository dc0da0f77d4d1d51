import type { RecordingFile, RecordingStorage } from '../../lib/recording/index.js';

/** Files in memory, on a disk that takes its time or fails when it is told to. */
export class MemoryStorage implements RecordingStorage {
  readonly #pieces = new Map<string, Uint8Array[]>();
  readonly closed: string[] = [];
  writes = 0;
  /** Awaited before each write. */
  beforeWrite: (path: string) => Promise<void> = () => Promise.resolve();
  /** How many bytes all files may have. */
  capacity = Infinity;

  get names(): string[] {
    return [...this.#pieces.keys()];
  }

  /** All bytes of a file as it is now. */
  file(path = 'one.mcap'): Buffer {
    return Buffer.concat(this.#pieces.get(path)!);
  }

  put(path: string, bytes: Uint8Array): void {
    this.#pieces.set(path, [bytes]);
  }

  get bytes(): number {
    return [...this.#pieces.values()].flat().reduce((sum, { length }) => sum + length, 0);
  }

  create(path: string, overwrite: boolean): Promise<RecordingFile> {
    if (this.#pieces.has(path) && !overwrite)
      return Promise.reject(Object.assign(new Error('there'), { code: 'EEXIST' }));
    const pieces: Uint8Array[] = [];
    this.#pieces.set(path, pieces);
    return Promise.resolve({
      write: async (bytes: Uint8Array) => {
        this.writes++;
        await this.beforeWrite(path);
        const room = this.capacity === Infinity ? Infinity : Math.max(this.capacity - this.bytes, 0);
        pieces.push(bytes.slice(0, room));
        if (bytes.length > room) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      },
      truncate: (length: number) => {
        const whole = Buffer.concat(pieces).subarray(0, length);
        pieces.splice(0, pieces.length, whole);
        return Promise.resolve();
      },
      close: () => {
        this.closed.push(path);
        return Promise.resolve();
      },
    });
  }
}

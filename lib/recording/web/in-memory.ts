import { positive, requireOptions, type OptionNames } from '../../arguments.js';
import { alreadyExists } from '../record/file-error.js';
import { OpenMVError } from '../../errors.js';
import type { RecordingFile, RecordingStorage } from '../record/storage.js';

/** A storage that keeps recordings in the browser. */
export interface MemoryStorage extends RecordingStorage {
  /**
   * The files, in the order of their creation. A file that is still being recorded holds its chunks so far and is readable up
   * to the last one. Each file is a `Blob` whose bytes are not copied.
   */
  readonly files: readonly File[];
}

/** Options of `inMemory`. */
export interface InMemoryOptions {
  /** The limit for all files together, in bytes. Default 1 GiB. */
  readonly maxBytes?: number;
}

/** Half an hour of a camera that sends 600 kB per second. */
const MOST_BYTES = 2 ** 30;

/**
 * Keeps recordings in the browser for a later download. Works in every browser and needs no permission. The data is kept as parts
 * of a `Blob`, which browsers may store on disk.
 *
 * Holds up to `maxBytes` in all files. A recording that exceeds the limit ends with `DISK_FULL` and keeps what it recorded. The
 * recordings are lost when the page closes.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when `maxBytes` is not a number above 0, and for an unknown option.
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { inMemory, record } from 'openmv-rx/web-recording';
 * import { webSerial } from 'openmv-rx/web-serial';
 *
 * const storage = inMemory({ maxBytes: 100e6 });
 * record(new Camera(webSerial()), { file: 'short.mcap', storage, durationMs: 10_000 }).subscribe({
 *   complete: () => console.log(storage.files.map(({ name, size }) => `${name}: ${size} bytes`)),
 * });
 * ```
 */
export function inMemory(options: InMemoryOptions = {}): MemoryStorage {
  requireOptions('inMemory', options, KNOWN);
  const maxBytes = positive('maxBytes', options.maxBytes, MOST_BYTES);
  const files = new Map<string, Parts>();
  return {
    get files() {
      return Array.from(files, ([name, parts]) => parts.file(name));
    },
    create: (name, overwrite) => {
      if (files.has(name) && !overwrite) {
        return Promise.reject(alreadyExists(name));
      }
      files.delete(name);
      const parts = new Parts(() => maxBytes - Array.from(files.values(), ({ size }) => size).reduce(sum, 0));
      files.set(name, parts);
      return Promise.resolve(parts);
    },
  };
}

const KNOWN: OptionNames<InMemoryOptions> = { maxBytes: true };

const sum = (a: number, b: number): number => a + b;

/** A file that holds its writes as separate parts. */
class Parts implements RecordingFile {
  #parts: Blob[] = [];
  size = 0;
  readonly #available: () => number;

  constructor(available: () => number) {
    this.#available = available;
  }

  file(name: string): File {
    return new File(this.#parts, name, { type: 'application/octet-stream' });
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (bytes.length > this.#available()) {
      const words = 'the recordings have reached maxBytes: record less at a time, or to a file';
      return Promise.reject(new OpenMVError('DISK_FULL', words));
    }
    this.#parts.push(new Blob([bytes]));
    this.size += bytes.length;
    return Promise.resolve();
  }

  truncate(length: number): Promise<void> {
    this.#parts = [new Blob(this.#parts).slice(0, length)];
    this.size = length;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

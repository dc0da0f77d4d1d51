import type { FileTarget, FolderTarget, TargetWriter } from 'openmv-rx/web-recording';

/** An error as a browser has it. */
export const refusal = (name: string): DOMException => new DOMException(`said by the browser: ${name}`, name);

/**
 * A file of a browser, as Chromium keeps to it: what is written stands beside it until it is closed, and a write that fails ends
 * the writing for good.
 */
export class FakeFile implements FileTarget {
  readonly kind = 'file';
  /** What everybody sees of it. */
  bytes = new Uint8Array(0);
  /** Why it can't be written, if it can't. */
  refuses: Error | undefined;
  capacity = Infinity;
  writers = 0;

  constructor(readonly name: string) {}

  getFile(): Promise<{ readonly size: number }> {
    return Promise.resolve({ size: this.bytes.length });
  }

  createWritable(): Promise<TargetWriter> {
    if (this.refuses) return Promise.reject(this.refuses);
    this.writers++;
    let beside = Buffer.alloc(0);
    let broken: Error | undefined;
    const unlessBroken = <T>(work: () => T): Promise<T> =>
      broken ? Promise.reject(broken) : Promise.resolve().then(work);
    return Promise.resolve({
      write: ({ position, data }) =>
        unlessBroken(() => {
          if (position + data.length > this.capacity) throw (broken = refusal('QuotaExceededError'));
          beside = Buffer.concat([beside, Buffer.alloc(Math.max(0, position + data.length - beside.length))]);
          beside.set(data, position);
        }),
      truncate: (size) => unlessBroken(() => void (beside = beside.subarray(0, size))),
      close: () => unlessBroken(() => void (this.bytes = Uint8Array.from(beside))),
    });
  }
}

/** A folder of a browser. */
export class FakeFolder implements FolderTarget {
  readonly kind = 'directory';
  readonly name = 'folder';
  readonly files = new Map<string, FakeFile>();
  /** What each file that is made may have. */
  capacity = Infinity;

  getFileHandle(name: string, { create = false } = {}): Promise<FakeFile> {
    if (name.includes('/')) return Promise.reject(new TypeError('Name is not allowed.'));
    const there = this.files.get(name);
    if (there) return Promise.resolve(there);
    if (!create) return Promise.reject(refusal('NotFoundError'));
    const made = new FakeFile(name);
    made.capacity = this.capacity;
    this.files.set(name, made);
    return Promise.resolve(made);
  }
}

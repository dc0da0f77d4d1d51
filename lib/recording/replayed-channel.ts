import type { Backend } from '../device/backend.js';

const NO_BYTES = new Uint8Array(0);

/** A channel of the recording: what it held last. Nothing, and so no reading, where its values were not recorded. */
export class ReplayedChannel implements Backend {
  #value: Uint8Array | undefined;
  #isNew = false;

  /** @param done the host has read all of the value */
  constructor(private readonly done: () => void) {}

  set(value: Uint8Array): void {
    this.#value = value;
    this.#isNew = true;
  }

  /** What a reader has not had yet. */
  poll(): boolean {
    return this.#isNew;
  }

  size(): number {
    const size = this.#value?.length ?? 0;
    if (size === 0) this.#read();
    return size;
  }

  readp(offset: number, size: number): Uint8Array {
    const value = this.#value ?? NO_BYTES;
    if (offset + size > value.length) return NO_BYTES;
    if (offset + size === value.length) this.#read();
    return value.subarray(offset, offset + size);
  }

  #read(): void {
    this.#isNew = false;
    this.done();
  }
}

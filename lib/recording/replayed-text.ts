import type { Backend } from '../device/backend.js';
import { StdoutRing } from '../device/stdout-ring.js';

/** The most that is printed at a time. Not below the largest buffer of a camera, so that text comes in the pieces that were recorded. */
export const RING_BYTES = 4096;

/** The camera's stdout (PROTOCOL 9). */
export class ReplayedText implements Backend {
  readonly #ring = new StdoutRing(RING_BYTES);

  /** @param done the host has looked, or has read all that there was */
  constructor(private readonly done: () => void) {}

  /** @param bytes {@link RING_BYTES} at most */
  print(bytes: Uint8Array): void {
    this.#ring.push(bytes);
  }

  poll(): boolean {
    return this.#ring.size > 0;
  }

  size(): number {
    if (this.#ring.size === 0) this.done();
    return this.#ring.size;
  }

  read(_: number, size: number): Uint8Array {
    const bytes = this.#ring.read(size);
    if (this.#ring.size === 0) this.done();
    return bytes;
  }
}

import type { Backend } from '../device/backend.js';
import { StdoutRing } from '../device/stdout-ring.js';
import { encodeUtf8 } from '../wire/payloads/index.js';

/** Above the largest ring of a camera, so that what was read of one in one piece fits. */
const RING_BYTES = 4096;

/** The camera's stdout (PROTOCOL 9). */
export class ReplayedText implements Backend {
  readonly #ring = new StdoutRing(RING_BYTES);

  /** @param done the host has looked, or has read all that there was */
  constructor(private readonly done: () => void) {}

  print(text: string): void {
    this.#ring.push(encodeUtf8(text));
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

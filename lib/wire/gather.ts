/** Small enough to be given back soon, large enough that a JPEG frame's fragments usually lie in one. */
const SPACE_BYTES = 64 * 1024;

/**
 * Where payloads that came in several chunks are put together.
 *
 * What is kept lies back to back, so the fragments of one message become adjacent views and need no second copy to be
 * joined. Space that was handed out is never written to again.
 */
export class GatherSpace {
  #space = new Uint8Array(0);
  #used = 0;

  /** Room for `bytes`, right behind what was last kept where it fits. Valid until the next call. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    if (this.#space.length - this.#used < bytes) {
      this.#space = new Uint8Array(Math.max(bytes, SPACE_BYTES));
      this.#used = 0;
    }
    return this.#space.subarray(this.#used, this.#used + bytes);
  }

  /** Keeps the first `bytes` of the room last taken: they now belong to whoever holds a view of them. */
  keep(bytes: number): void {
    this.#used += bytes;
  }
}

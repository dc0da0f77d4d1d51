/** A ring of text. When it overflows, it drops everything it holds (PROTOCOL 9). */
export class StdoutRing {
  readonly #capacity: number;
  #content = new Uint8Array(0);

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#content.length;
  }

  get moreThanHalfFull(): boolean {
    return this.size > this.#capacity / 2;
  }

  /** Adds a string. Only the tail of a string longer than the ring is kept. */
  push(bytes: Uint8Array): void {
    const before = this.size + bytes.length > this.#capacity ? 0 : this.size;
    const kept = bytes.subarray(Math.max(0, bytes.length - this.#capacity));
    const next = new Uint8Array(before + kept.length);
    next.set(this.#content.subarray(0, before));
    next.set(kept, before);
    this.#content = next;
  }

  /** Removes and returns at most `size` bytes. */
  read(size: number): Uint8Array {
    const taken = this.#content.subarray(0, size);
    this.#content = this.#content.subarray(taken.length);
    return taken;
  }
}

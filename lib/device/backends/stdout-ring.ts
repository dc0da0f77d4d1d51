/** What `stdout` holds until it is read: a ring that forgets everything when it overflows (PROTOCOL 9). */
export class StdoutRing {
  private content = new Uint8Array(0);

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.content.length;
  }

  get moreThanHalfFull(): boolean {
    return this.size > this.capacity / 2;
  }

  /** Adds a string; of one that is longer than the whole ring only the tail is kept. */
  push(bytes: Uint8Array): void {
    const before = this.size + bytes.length > this.capacity ? 0 : this.size;
    const kept = bytes.subarray(Math.max(0, bytes.length - this.capacity));
    const next = new Uint8Array(before + kept.length);
    next.set(this.content.subarray(0, before));
    next.set(kept, before);
    this.content = next;
  }

  /** Takes at most `size` bytes out. */
  read(size: number): Uint8Array {
    const taken = this.content.subarray(0, size);
    this.content = this.content.subarray(taken.length);
    return taken;
  }
}

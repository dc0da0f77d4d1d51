/** The device's own buffer of fixed size: bytes go in at the end and are consumed at the beginning (PROTOCOL 1). */
export class ReceiveBuffer {
  private storage: Uint8Array<ArrayBuffer>;
  private start = 0;
  private end = 0;

  constructor(size: number) {
    this.storage = new Uint8Array(size);
  }

  /** What is in it: a view that is valid until the next `append`. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.storage.subarray(this.start, this.end);
  }

  /** Takes as many bytes as there is room for, and says how many. Views that were handed out are void then. */
  append(bytes: Uint8Array): number {
    if (this.start > 0) {
      this.storage.copyWithin(0, this.start, this.end);
      this.end -= this.start;
      this.start = 0;
    }
    const taken = Math.min(bytes.length, this.storage.length - this.end);
    this.storage.set(taken < bytes.length ? bytes.subarray(0, taken) : bytes, this.end);
    this.end += taken;
    return taken;
  }

  consume(bytes: number): void {
    this.start += bytes;
  }

  /** Leaves the views that were handed out to those who have them, and goes on in other memory. */
  detach(): void {
    this.storage = this.storage.slice();
  }

  clear(): void {
    this.start = this.end = 0;
  }
}

/** What waits in front of the receive buffer, at most. A host that keeps to the rules never has more than a packet there. */
export const INBOX_BYTES = 65536;

/** The port's own buffer: what arrived while the device was busy or its receive buffer full. */
export class Inbox {
  private storage = new Uint8Array(0);
  private start = 0;
  private end = 0;

  /** Takes as many bytes as there is room for, and says how many. They are copied: a chunk may be part of a larger one. */
  push(chunk: Uint8Array): number {
    const held = this.end - this.start;
    const taken = Math.min(chunk.length, INBOX_BYTES - held);
    this.makeRoom(held, taken);
    this.storage.set(taken < chunk.length ? chunk.subarray(0, taken) : chunk, this.end);
    this.end += taken;
    return taken;
  }

  /** Moves what fits into the receive buffer. */
  moveTo(buffer: ReceiveBuffer): void {
    if (this.start === this.end) return;
    this.start += buffer.append(this.storage.subarray(this.start, this.end));
    if (this.start === this.end) this.start = this.end = 0;
  }

  private makeRoom(held: number, wanted: number): void {
    if (this.end + wanted <= this.storage.length) return;
    const fits = held + wanted <= this.storage.length;
    const next = fits ? this.storage : new Uint8Array(Math.min(2 * (held + wanted), INBOX_BYTES));
    next.set(this.storage.subarray(this.start, this.end));
    this.storage = next;
    this.start = 0;
    this.end = held;
  }
}

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

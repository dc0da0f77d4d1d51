/** The most bytes that wait in front of the receive buffer. A host that follows the rules never has more than a packet there. */
export const INBOX_BYTES = 65536;

/** The buffer of the port. It holds bytes that arrive while the device is busy or its receive buffer is full. */
export class Inbox {
  #storage = new Uint8Array(0);
  #start = 0;
  #end = 0;

  /** Copies as many bytes as fit, and returns how many. */
  push(chunk: Uint8Array): number {
    const held = this.#end - this.#start;
    const taken = Math.min(chunk.length, INBOX_BYTES - held);
    this.#reserve(held, taken);
    this.#storage.set(taken < chunk.length ? chunk.subarray(0, taken) : chunk, this.#end);
    this.#end += taken;
    return taken;
  }

  /** Moves as many bytes as fit into the receive buffer. */
  moveTo(buffer: ReceiveBuffer): void {
    if (this.#start === this.#end) return;
    this.#start += buffer.append(this.#storage.subarray(this.#start, this.#end));
    if (this.#start === this.#end) this.#start = this.#end = 0;
  }

  #reserve(held: number, wanted: number): void {
    if (this.#end + wanted <= this.#storage.length) return;
    const fits = held + wanted <= this.#storage.length;
    const next = fits ? this.#storage : new Uint8Array(Math.min(2 * (held + wanted), INBOX_BYTES));
    next.set(this.#storage.subarray(this.#start, this.#end));
    this.#storage = next;
    this.#start = 0;
    this.#end = held;
  }
}

/** The device's receive buffer of fixed size: bytes enter at the end and are consumed from the start (PROTOCOL 1). */
export class ReceiveBuffer {
  #storage: Uint8Array<ArrayBuffer>;
  #start = 0;
  #end = 0;

  constructor(size: number) {
    this.#storage = new Uint8Array(size);
  }

  /** A view of the content, valid until the next `append`. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#storage.subarray(this.#start, this.#end);
  }

  /** Copies as many bytes as fit, and returns how many. Earlier views become invalid. */
  append(bytes: Uint8Array): number {
    if (this.#start > 0) {
      this.#storage.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    const taken = Math.min(bytes.length, this.#storage.length - this.#end);
    this.#storage.set(taken < bytes.length ? bytes.subarray(0, taken) : bytes, this.#end);
    this.#end += taken;
    return taken;
  }

  consume(bytes: number): void {
    this.#start += bytes;
  }

  /** Continues in new memory, so that earlier views stay valid. */
  detach(): void {
    this.#storage = this.#storage.slice();
  }

  clear(): void {
    this.#start = this.#end = 0;
  }
}

import { NO_BYTES } from '../../wire/packet.js';
import { readRange, type Backend } from '../backend.js';

/** A back-end that holds one frame until the host has read it: UNLOCK discards the frame (PROTOCOL 8). */
export class HeldFrame implements Backend {
  #frame: Uint8Array = NO_BYTES;
  #locked = false;

  get locked(): boolean {
    return this.#locked;
  }

  /** The held frame, header included; empty if there is none. */
  get frame(): Uint8Array {
    return this.#frame;
  }

  /** Replaces the held frame. */
  hold(frame: Uint8Array): void {
    this.#frame = frame;
  }

  /** Discards the frame and its lock. */
  discard(): void {
    this.#frame = NO_BYTES;
    this.#locked = false;
  }

  poll(): boolean {
    return this.#frame.length > 0;
  }

  lock(): boolean {
    if (this.#locked || this.#frame.length === 0) return false;
    this.#locked = true;
    return true;
  }

  unlock(): boolean {
    if (this.#locked) this.discard();
    return true;
  }

  size(): number {
    return this.#frame.length;
  }

  readp(offset: number, size: number): Uint8Array {
    return readRange(this.#frame, offset, size);
  }
}

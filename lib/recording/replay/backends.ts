import type { Backend } from '../../device/backend.js';
import { HeldFrame } from '../../device/backends/held-frame.js';
import { StdoutRing } from '../../device/backends/stdout-ring.js';
import { encodeFrame, type Frame } from '../../frames/frame.js';
import { NO_BYTES } from '../../wire/packet.js';
import { decodeWord, StreamRequest } from '../../wire/payloads/index.js';

/** Serves the last recorded value of a channel. If the channel's values were not recorded, it can't be read. */
export class ReplayedChannel implements Backend {
  #value: Uint8Array | undefined;
  #isNew = false;

  /** @param done called when the host has read the whole value */
  constructor(private readonly done: () => void) {}

  set(value: Uint8Array): void {
    this.#value = value;
    this.#isNew = true;
  }

  /** Tells whether the value is new to the reader. */
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

/** The camera's `stream` (PROTOCOL 8). It serves frames as they were recorded, and refuses requests for raw mode and source. */
export class ReplayedStream extends HeldFrame {
  readonly ioctlSizes = new Map<number, number>([[StreamRequest.CTRL, 4]]);
  readonly #done: () => void;
  enabled = false;

  /** @param done called when the host has read a frame, or switched the stream */
  constructor(done: () => void) {
    super();
    this.#done = done;
  }

  publish(frame: Frame): void {
    this.hold(encodeFrame(frame));
  }

  /** Discards a frame that no host has locked. */
  withdraw(): void {
    if (!this.locked) this.discard();
  }

  override unlock(): boolean {
    const wasLocked = this.locked;
    super.unlock();
    if (wasLocked) this.#done();
    return true;
  }

  ioctl(request: number, argument: Uint8Array = NO_BYTES): number {
    if (request !== StreamRequest.CTRL) return 1;
    this.enabled = decodeWord(argument) !== 0;
    this.discard();
    this.#done();
    return 0;
  }
}

/** The most bytes that are printed at a time. At least a camera's largest buffer, so that text arrives in the recorded pieces. */
export const RING_BYTES = 4096;

/** The camera's stdout (PROTOCOL 9). */
export class ReplayedText implements Backend {
  readonly #ring = new StdoutRing(RING_BYTES);

  /** @param done called when the host has found no text, or has read all of it */
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

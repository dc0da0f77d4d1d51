import type { Backend } from '../../device/backend.js';
import { StdoutRing } from '../../device/backends/stdout-ring.js';
import type { Frame } from '../../frames/frame.js';
import { formatWord } from '../../frames/pixel-format.js';
import { decodeWord, encodeFrameHeader, FRAME_HEADER_BYTES } from '../../wire/payloads/index.js';

const NO_BYTES = new Uint8Array(0);
/** The request that switches the stream on and off. */
const CTRL = 0;
/** Parts of the format word. */
const COMPRESSED = 1 << 25;
const BYTES_PER_PIXEL = 0xff;

/** A channel of the recording: what it held last. Nothing, and so no reading, where its values were not recorded. */
export class ReplayedChannel implements Backend {
  #value: Uint8Array | undefined;
  #isNew = false;

  /** @param done the host has read all of the value */
  constructor(private readonly done: () => void) {}

  set(value: Uint8Array): void {
    this.#value = value;
    this.#isNew = true;
  }

  /** What a reader has not had yet. */
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

/** The camera's stream: one frame at a time, kept until it was read (PROTOCOL 8). Frames are as they were recorded, so raw mode and source are refused. */
export class ReplayedStream implements Backend {
  readonly ioctlSizes = new Map([[CTRL, 4]]);
  enabled = false;
  #frame: Uint8Array = NO_BYTES;
  #locked = false;

  /** @param done the host has read a frame, or switched the stream */
  constructor(private readonly done: () => void) {}

  publish(frame: Frame): void {
    this.#frame = withHeader(frame);
  }

  /** Takes a frame back that nobody has begun to read. */
  withdraw(): void {
    if (!this.#locked) this.#drop();
  }

  poll(): boolean {
    return this.#frame.length > 0;
  }

  lock(): boolean {
    if (this.#locked || this.#frame.length === 0) return false;
    return (this.#locked = true);
  }

  unlock(): boolean {
    if (!this.#locked) return true;
    this.#drop();
    this.done();
    return true;
  }

  size(): number {
    return this.#frame.length;
  }

  readp(offset: number, size: number): Uint8Array {
    return offset + size > this.#frame.length ? NO_BYTES : this.#frame.subarray(offset, offset + size);
  }

  ioctl(request: number, argument: Uint8Array = NO_BYTES): number {
    if (request !== CTRL) return 1;
    this.enabled = decodeWord(argument) !== 0;
    this.#drop();
    this.done();
    return 0;
  }

  #drop(): void {
    this.#frame = NO_BYTES;
    this.#locked = false;
  }
}

function withHeader({ width, height, format, data, fps }: Frame): Uint8Array {
  const pixelFormat = formatWord(format);
  const size = (pixelFormat & COMPRESSED) !== 0 ? data.length : pixelFormat & BYTES_PER_PIXEL;
  const frame = new Uint8Array(FRAME_HEADER_BYTES + data.length);
  frame.set(encodeFrameHeader({ width, height, pixelFormat, size, offset: FRAME_HEADER_BYTES, fps }));
  frame.set(data, FRAME_HEADER_BYTES);
  return frame;
}

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

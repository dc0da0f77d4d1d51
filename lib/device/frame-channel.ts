import type { SchedulerLike } from 'rxjs';
import type { Backend } from './backend.js';
import type { DeviceChannel } from './device.js';

const WIDTH = 64;
const HEIGHT = 48;
/** The event of `frame` that the next one is there. */
const NEXT = 1;
const NO_FRAME = new Uint8Array(0);

/** A custom channel that a script could have registered: a small RGB565 picture at a time, each kept until it was read. */
export class FrameChannel implements Backend {
  /** For its events; set when it is registered. */
  channel: DeviceChannel | undefined;
  private index = 0;
  private frame = picture(0);

  constructor(
    private readonly intervalMs: number,
    private readonly scheduler: SchedulerLike,
  ) {}

  poll(): boolean {
    return this.frame.length > 0;
  }

  size(): number {
    return this.frame.length;
  }

  shape(): number[] {
    return [HEIGHT, WIDTH, this.frame.length];
  }

  readp(offset: number, size: number): Uint8Array {
    const { frame } = this;
    const end = offset + size;
    if (frame.length > 0 && end >= frame.length) {
      this.frame = NO_FRAME;
      this.scheduler.schedule(() => this.next(), this.intervalMs);
    }
    return frame.subarray(offset, end);
  }

  private next(): void {
    this.frame = picture(++this.index);
    this.channel?.sendEvent(NEXT);
  }
}

/** A gradient that moves by a pixel a frame. */
function picture(index: number): Uint8Array {
  const bytes = new Uint8Array(2 * WIDTH * HEIGHT);
  for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel++) {
    const red = ((pixel % WIDTH) + index) & 0x1f;
    const green = Math.floor(pixel / WIDTH) & 0x3f;
    bytes[2 * pixel] = (green << 5) | 0x10;
    bytes[2 * pixel + 1] = (red << 3) | (green >> 3);
  }
  return bytes;
}

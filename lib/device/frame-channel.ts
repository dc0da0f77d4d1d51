import { Subscription, type Observable } from 'rxjs';
import type { Device } from './device.js';
import { encodePixels, type UncompressedFormat } from './pixels/encode-pixels.js';

const SIZE = { width: 64, height: 48 };
/** The event of `frame` that the next one is there. */
const NEXT = 1;
const NO_FRAME = new Uint8Array(0);

/**
 * Serves `frame`, as a script could: a picture of 64 × 48 pixels at a time, each kept until its last byte was read.
 *
 * @param next$ emits when it is time for the next picture, once
 */
export function serveFrame(device: Device, format: UncompressedFormat, next$: Observable<unknown>): Subscription {
  let index = 0;
  let frame = encodePixels(gradient(index), SIZE, format);
  const waiting = new Subscription();
  const publish = () => {
    frame = encodePixels(gradient(++index), SIZE, format);
    channel.sendEvent(NEXT);
  };
  const channel = device.register('frame', {
    poll: () => frame.length > 0,
    size: () => frame.length,
    shape: () => [SIZE.height, SIZE.width, frame.length],
    readp: (offset, size) => {
      const whole = frame;
      const end = offset + size;
      if (whole.length > 0 && end >= whole.length) {
        frame = NO_FRAME;
        waiting.add(next$.subscribe(publish));
      }
      return whole.subarray(offset, end);
    },
  });
  return waiting;
}

/** A gradient that moves by a pixel a frame; RGBA. */
function gradient(index: number): Uint8Array {
  const { width, height } = SIZE;
  const rgba = new Uint8Array(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    rgba[4 * pixel] = (((pixel % width) + index) & 0x1f) << 3;
    rgba[4 * pixel + 1] = Math.floor(pixel / width) << 2;
    rgba[4 * pixel + 2] = 0x80;
    rgba[4 * pixel + 3] = 0xff;
  }
  return rgba;
}

import { ok, strictEqual } from 'node:assert/strict';
import { randomBytes } from '../random-bytes.js';

/** About what a camera makes of VGA in a good quality. */
export const JPEG_BYTES = 20 * 1024;
/** VGA in RGB565, uncompressed. */
export const RAW_BYTES = 2 * 640 * 480;

const NUMBER_BYTES = 4;

/** Prepared bytes with a number in front. Each call gives the same array, which is the caller's until the next one. */
export function numberedFrame(bytes: number): (index: number) => Uint8Array {
  const frame = Buffer.from(randomBytes(bytes));
  return (index) => {
    frame.writeUInt32LE(index);
    return frame;
  };
}

/** Checks what was read, every byte, and tells its number. */
export function checkedNumber(data: Uint8Array, expected: Uint8Array): number {
  const frame = Buffer.from(data.buffer, data.byteOffset, data.length);
  strictEqual(frame.length, expected.length, 'bytes of a frame');
  const number = frame.readUInt32LE();
  const same = frame.subarray(NUMBER_BYTES).equals(expected.subarray(NUMBER_BYTES));
  ok(same, `frame ${number} is not what the camera sent`);
  return number;
}

import { lumaAt } from './grayscale.js';
import type { Size } from './size.js';

/** From here on a pixel is white. */
const WHITE_FROM = 128;

/** RGBA as BINARY: a bit a pixel, the leftmost one lowest, each row filled up with zeros to whole words (PROTOCOL 8). */
export function toBinary(rgba: Uint8Array, { width, height }: Size): Uint8Array {
  const rowBytes = Math.ceil(width / 32) * 4;
  const bytes = new Uint8Array(rowBytes * height);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 4)
      if (lumaAt(rgba, at) >= WHITE_FROM) (bytes[rowBytes * y + (x >> 3)] as number) |= 1 << (x & 7);
  return bytes;
}

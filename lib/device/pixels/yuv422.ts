import { lumaAt } from './grayscale.js';
import type { Size } from './size.js';

/**
 * RGBA as YUV422, full range BT.601: two pixels share the mean of their chroma, Y U Y V, or Y V Y U where `vFirst`. The
 * last pixel of an odd row has room for the first chroma byte only.
 */
export function toYuv422(rgba: Uint8Array, { width, height }: Size, vFirst: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * width * height);
  for (let y = 0, pixel = 0; y < height; y++)
    for (let x = 0; x < width; x++, pixel++) {
      const left = 4 * (pixel - (x & 1));
      const right = (x | 1) < width ? left + 4 : left;
      const isV = ((x & 1) === 1) !== vFirst;
      bytes[2 * pixel] = lumaAt(rgba, 4 * pixel);
      bytes[2 * pixel + 1] = Math.min(255, Math.round(128 + chroma(rgba, left, right, isV)));
    }
  return bytes;
}

/** How much redder (V) or bluer (U) two pixels are than gray, in their mean: −127.5 to 127.5. */
function chroma(rgba: Uint8Array, left: number, right: number, isV: boolean): number {
  const mean = (part: number) => ((rgba[left + part] as number) + (rgba[right + part] as number)) / 2;
  const [red, green, blue] = [mean(0), mean(1), mean(2)];
  const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
  return isV ? (red - luma) / 1.402 : (blue - luma) / 1.772;
}

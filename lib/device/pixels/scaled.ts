import type { Size } from './size.js';

/** RGBA at one size as RGBA at another, the nearest pixel taken; the same bytes where the sizes are the same. */
export function scaled(rgba: Uint8Array, from: Size, to: Size): Uint8Array {
  if (from.width === to.width && from.height === to.height) return rgba;
  const bytes = new Uint8Array(4 * to.width * to.height);
  for (let y = 0, out = 0; y < to.height; y++) {
    const row = Math.floor((y * from.height) / to.height) * from.width;
    for (let x = 0; x < to.width; x++, out += 4) {
      const at = 4 * (row + Math.floor((x * from.width) / to.width));
      for (let part = 0; part < 4; part++) bytes[out + part] = rgba[at + part] as number;
    }
  }
  return bytes;
}

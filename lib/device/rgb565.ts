/** RGBA at one size as RGB565 at another, the nearest pixel taken. */
export function toRgb565(rgba: Uint8Array, from: Size, to: Size): Uint8Array {
  const bytes = new Uint8Array(2 * to.width * to.height);
  for (let y = 0, out = 0; y < to.height; y++) {
    const row = Math.floor((y * from.height) / to.height) * from.width;
    for (let x = 0; x < to.width; x++, out += 2) {
      const at = 4 * (row + Math.floor((x * from.width) / to.width));
      const red = rgba[at] ?? 0;
      const green = rgba[at + 1] ?? 0;
      const blue = rgba[at + 2] ?? 0;
      bytes[out] = ((green & 0x1c) << 3) | (blue >> 3);
      bytes[out + 1] = (red & 0xf8) | (green >> 5);
    }
  }
  return bytes;
}

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

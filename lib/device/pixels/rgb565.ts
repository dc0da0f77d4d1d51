/** RGBA as RGB565, low byte first (PROTOCOL 8). */
export function toRgb565(rgba: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(rgba.length / 2);
  for (let at = 0, out = 0; at < rgba.length; at += 4, out += 2) {
    const green = rgba[at + 1] as number;
    bytes[out] = ((green & 0x1c) << 3) | ((rgba[at + 2] as number) >> 3);
    bytes[out + 1] = ((rgba[at] as number) & 0xf8) | (green >> 5);
  }
  return bytes;
}

/** RGBA as ARGB8: words 0xAARRGGBB, low byte first (PROTOCOL 8). */
export function toArgb8(rgba: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(rgba.length);
  for (let at = 0; at < rgba.length; at += 4) {
    bytes[at] = rgba[at + 2] as number;
    bytes[at + 1] = rgba[at + 1] as number;
    bytes[at + 2] = rgba[at] as number;
    bytes[at + 3] = rgba[at + 3] as number;
  }
  return bytes;
}

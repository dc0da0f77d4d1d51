/** RGBA as GRAYSCALE, by the weights of BT.601. */
export function toGrayscale(rgba: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(rgba.length / 4);
  for (let pixel = 0; pixel < bytes.length; pixel++) bytes[pixel] = lumaAt(rgba, 4 * pixel);
  return bytes;
}

/** How bright the pixel at a place is, 0 to 255. */
export function lumaAt(rgba: Uint8Array, at: number): number {
  return Math.round(0.299 * (rgba[at] as number) + 0.587 * (rgba[at + 1] as number) + 0.114 * (rgba[at + 2] as number));
}

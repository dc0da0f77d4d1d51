/**
 * YUV422 as RGBA: two pixels share their chroma, Y U Y V, or Y V Y U where `vFirst`. Full range BT.601, as in JPEG. The last
 * pixel of an odd row has the chroma byte that is there and takes the other from the pair before it.
 */
export function yuvToRgba(
  data: Uint8Array,
  width: number,
  height: number,
  vFirst: boolean,
  rgba: Uint8ClampedArray,
): void {
  for (let y = 0, out = 0; y < height; y++) {
    const row = 2 * width * y;
    for (let x = 0; x < width; x++, out += 4) {
      const at = row + 2 * x;
      const pair = row + 2 * (x & ~1);
      const first = data[pair + 1] as number;
      const second =
        pair + 3 < row + 2 * width ? (data[pair + 3] as number) : width > 1 ? (data[pair - 1] as number) : 128;
      const luma = data[at] as number;
      const u = (vFirst ? second : first) - 128;
      const v = (vFirst ? first : second) - 128;
      // A clamped array rounds and limits.
      rgba[out] = luma + 1.402 * v;
      rgba[out + 1] = luma - 0.344136 * u - 0.714136 * v;
      rgba[out + 2] = luma + 1.772 * u;
      rgba[out + 3] = 255;
    }
  }
}

/** The weights of red and blue in the luma of BT.601. Green is the rest. */
const RED = 0.299;
const BLUE = 0.114;
const GREEN = 1 - RED - BLUE;

/** The effect of one step of chroma on each colour: V on red, U on blue, and both on green, so that luma stays. */
const RED_OF_V = 2 * (1 - RED);
const BLUE_OF_U = 2 * (1 - BLUE);
const GREEN_OF_V = -(RED * RED_OF_V) / GREEN;
const GREEN_OF_U = -(BLUE * BLUE_OF_U) / GREEN;

/** A table that limits colours to 0 to 255, because branches would be mispredicted. Its first `BELOW` entries are 0. */
const BELOW = 384;
const LIMITED = Uint8Array.from({ length: 1024 }, (_, value) => Math.min(Math.max(value - BELOW, 0), 255));

/** Luma is a whole number, so the effect of chroma can be rounded first. `| 0` rounds down, because no sum is negative. */
const TO_NEAREST = BELOW + 0.5;

/**
 * Converts YUV422 to RGBA, full range BT.601 as in JPEG, rounded to the nearest. Two pixels share their chroma: Y U Y V, or
 * Y V Y U with `vFirst`. The last pixel of an odd row has one chroma byte, and takes the other from the pair before it.
 */
export function yuvToRgba(
  data: Uint8Array,
  width: number,
  height: number,
  vFirst: boolean,
  rgba: Uint8ClampedArray,
): void {
  const [uAt, vAt] = vFirst ? [3, 1] : [1, 3];
  const rowBytes = 2 * width;
  for (let row = 0, out = 0; row < rowBytes * height; row += rowBytes) {
    const end = row + rowBytes;
    let at = row;
    for (; at + 4 <= end; at += 4, out += 8) {
      const u = (data[at + uAt] as number) - 128;
      const v = (data[at + vAt] as number) - 128;
      const red = (RED_OF_V * v + TO_NEAREST) | 0;
      const green = (GREEN_OF_U * u + GREEN_OF_V * v + TO_NEAREST) | 0;
      const blue = (BLUE_OF_U * u + TO_NEAREST) | 0;
      put(rgba, out, data[at] as number, red, green, blue);
      put(rgba, out + 4, data[at + 2] as number, red, green, blue);
    }
    if (at === end) continue;
    const [own, other] = [(data[at + 1] as number) - 128, width > 1 ? (data[at - 1] as number) - 128 : 0];
    const [u, v] = vFirst ? [other, own] : [own, other];
    const red = (RED_OF_V * v + TO_NEAREST) | 0;
    const green = (GREEN_OF_U * u + GREEN_OF_V * v + TO_NEAREST) | 0;
    put(rgba, out, data[at] as number, red, green, (BLUE_OF_U * u + TO_NEAREST) | 0);
    out += 4;
  }
}

function put(rgba: Uint8ClampedArray, out: number, luma: number, red: number, green: number, blue: number): void {
  rgba[out] = LIMITED[luma + red] as number;
  rgba[out + 1] = LIMITED[luma + green] as number;
  rgba[out + 2] = LIMITED[luma + blue] as number;
  rgba[out + 3] = 255;
}

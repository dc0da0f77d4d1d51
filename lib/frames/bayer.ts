/** The column and row of red in the 2 × 2 cell of each order. */
const RED_AT = {
  'bayer-bggr': [1, 1],
  'bayer-gbrg': [0, 1],
  'bayer-grbg': [1, 0],
  'bayer-rggb': [0, 0],
} as const;

export type BayerOrder = keyof typeof RED_AT;

/**
 * Bilinear demosaicing. Each missing colour of a pixel is the rounded mean of the nearest neighbours of that colour. The
 * picture is mirrored at its edges, so that neighbours beyond an edge have the right colour.
 */
export function bayerToRgba(
  data: Uint8Array,
  width: number,
  height: number,
  order: BayerOrder,
  rgba: Uint8ClampedArray,
): void {
  const [redColumn, redRow] = RED_AT[order];
  for (let y = 0, out = 0; y < height; y++) {
    const above = mirrored(y - 1, height) * width;
    const here = y * width;
    const below = mirrored(y + 1, height) * width;
    const onRedRow = (y & 1) === redRow;
    for (let x = 0; x < width; x++, out += 4) {
      const left = mirrored(x - 1, width);
      const right = mirrored(x + 1, width);
      const own = data[here + x] as number;
      const across = mean2(data[here + left] as number, data[here + right] as number);
      const upright = mean2(data[above + x] as number, data[below + x] as number);
      let green = own;
      // The neighbours of a green pixel are red and blue, one in its row and the other in its column.
      let inRow = across;
      let other = upright;
      if (((x & 1) === redColumn) === onRedRow) {
        green = mean4(
          data[here + left] as number,
          data[here + right] as number,
          data[above + x] as number,
          data[below + x] as number,
        );
        inRow = own;
        other = mean4(
          data[above + left] as number,
          data[above + right] as number,
          data[below + left] as number,
          data[below + right] as number,
        );
      }
      rgba[out] = onRedRow ? inRow : other;
      rgba[out + 1] = green;
      rgba[out + 2] = onRedRow ? other : inRow;
      rgba[out + 3] = 255;
    }
  }
}

/** Maps −1 to 1 and `size` to `size − 2`. A picture one pixel wide has no other pixel. */
function mirrored(at: number, size: number): number {
  if (size === 1) return 0;
  if (at < 0) return 1;
  return at < size ? at : size - 2;
}

function mean2(a: number, b: number): number {
  return (a + b + 1) >> 1;
}

function mean4(a: number, b: number, c: number, d: number): number {
  return (a + b + c + d + 2) >> 2;
}

import type { Size } from './size.js';

/** Which part of RGBA each place of the 2 × 2 cell keeps: top left, top right, bottom left, bottom right. */
const CELLS = {
  'bayer-bggr': [2, 1, 1, 0],
  'bayer-gbrg': [1, 2, 0, 1],
  'bayer-grbg': [1, 0, 2, 1],
  'bayer-rggb': [0, 1, 1, 2],
} as const;

export type BayerOrder = keyof typeof CELLS;

/** RGBA as a sensor behind a mosaic of filters sees it: one colour a pixel. */
export function toBayer(rgba: Uint8Array, { width, height }: Size, order: BayerOrder): Uint8Array {
  const cell = CELLS[order];
  const bytes = new Uint8Array(width * height);
  for (let y = 0, pixel = 0; y < height; y++)
    for (let x = 0; x < width; x++, pixel++)
      bytes[pixel] = rgba[4 * pixel + (cell[2 * (y & 1) + (x & 1)] as number)] as number;
  return bytes;
}

import { isObject, requireArgument } from '../arguments.js';
import { pixelsOf, regionIn, type Picture, type Region } from './picture.js';

/** The number of pixels with each value from 0 to 255, by colour. Alpha is ignored. */
export type Histogram =
  | { readonly kind: 'grayscale'; readonly pixels: number; readonly gray: Uint32Array }
  | {
      readonly kind: 'rgb';
      readonly pixels: number;
      readonly red: Uint32Array;
      readonly green: Uint32Array;
      readonly blue: Uint32Array;
    };

const VALUES = 256;

/**
 * Counts the values of a picture's pixels: grays of a grayscale frame, else red, green and blue, converted by `toRgba`.
 *
 * @param region the counted part, cut at the picture's edges; default the whole picture
 * @throws {OpenMVError} `INVALID_ARGUMENT` for a compressed frame (see `toRgba`), and for a region that is invalid or outside
 * the picture; `MALFORMED` when the picture has too few bytes.
 *
 * @example
 * ```ts
 * import { histogram, type Camera } from 'openmv-rx';
 *
 * const watch = (camera: Camera) =>
 *   camera.frames$.subscribe((frame) => {
 *     const counts = histogram(frame, { x: 100, y: 80, width: 120, height: 80 });
 *     if (counts.kind === 'grayscale') console.log('overexposed:', (counts.gray[255] ?? 0) / counts.pixels);
 *   });
 * ```
 */
export function histogram(picture: Picture, region?: Region): Histogram {
  requireArgument(isObject(picture), 'histogram and regionStatistics take a picture', picture);
  const { x, y, width, height } = regionIn(picture, region);
  const { kind, data } = pixelsOf(picture);
  const pixels = width * height;
  const counts = (): Uint32Array => new Uint32Array(VALUES);
  if (kind === 'grayscale') {
    const gray = counts();
    for (let row = y; row < y + height; row++) {
      const start = row * picture.width + x;
      for (let at = start; at < start + width; at++) tally(gray, data[at] as number);
    }
    return { kind, pixels, gray };
  }
  const [red, green, blue] = [counts(), counts(), counts()];
  for (let row = y; row < y + height; row++) {
    const start = 4 * (row * picture.width + x);
    for (let at = start; at < start + 4 * width; at += 4) {
      tally(red, data[at] as number);
      tally(green, data[at + 1] as number);
      tally(blue, data[at + 2] as number);
    }
  }
  return { kind: 'rgb', pixels, red, green, blue };
}

function tally(counts: Uint32Array, value: number): void {
  counts[value] = (counts[value] as number) + 1;
}

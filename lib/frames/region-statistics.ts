import { histogram } from './histogram.js';
import type { Picture, Region } from './picture.js';

/** What one colour of a region's pixels comes to, in values from 0 to 255. */
export interface ColourStatistics {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** The standard deviation, of all the pixels that there are: 0 where they are equal. */
  readonly deviation: number;
}

/** By colour, as in `Histogram`. */
export type RegionStatistics =
  | { readonly kind: 'grayscale'; readonly pixels: number; readonly gray: ColourStatistics }
  | {
      readonly kind: 'rgb';
      readonly pixels: number;
      readonly red: ColourStatistics;
      readonly green: ColourStatistics;
      readonly blue: ColourStatistics;
    };

/**
 * Mean, limits and standard deviation of a picture's pixels, by colour: of a grayscale frame its grays, of anything else
 * red, green and blue. Exact to what a double holds.
 *
 * @param region what is looked at; default the whole picture. What of it lies outside is cut off.
 * @throws {OpenMVError} as `histogram`, of which this is made.
 *
 * @example
 * ```ts
 * import { map } from 'rxjs';
 * import { regionStatistics, type Camera } from 'openmv-rx';
 *
 * const brightness = (camera: Camera) =>
 *   camera.frames$.pipe(
 *     map((frame) => regionStatistics(frame, { x: 0, y: 0, width: 64, height: 64 })),
 *     map((statistics) => (statistics.kind === 'grayscale' ? statistics.gray.mean : statistics.green.mean)),
 *   );
 * ```
 */
export function regionStatistics(picture: Picture, region?: Region): RegionStatistics {
  const counts = histogram(picture, region);
  const { pixels } = counts;
  if (counts.kind === 'grayscale') return { kind: 'grayscale', pixels, gray: statisticsOf(counts.gray, pixels) };
  const [red, green, blue] = [counts.red, counts.green, counts.blue].map((colour) => statisticsOf(colour, pixels)) as [
    ColourStatistics,
    ColourStatistics,
    ColourStatistics,
  ];
  return { kind: 'rgb', pixels, red, green, blue };
}

function statisticsOf(counts: Uint32Array, pixels: number): ColourStatistics {
  const mean = counts.reduce((sum, count, value) => sum + count * value, 0) / pixels;
  const variance = counts.reduce((sum, count, value) => sum + count * (value - mean) ** 2, 0) / pixels;
  return {
    mean,
    min: counts.findIndex((count) => count > 0),
    max: counts.reduce((last, count, value) => (count > 0 ? value : last), 0),
    deviation: Math.sqrt(variance),
  };
}

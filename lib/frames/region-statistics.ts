import { histogram } from './histogram.js';
import type { Picture, Region } from './picture.js';

/** Statistics of one colour, in values from 0 to 255. */
export interface ColourStatistics {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** The standard deviation of the population: 0 if all values are equal. */
  readonly deviation: number;
}

/** Statistics by colour, as in `Histogram`. */
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
 * Computes mean, minimum, maximum and standard deviation of a picture's pixels: of the grays of a grayscale frame, else of
 * red, green and blue. Exact within a double's precision.
 *
 * @param region the measured part, cut at the picture's edges; default the whole picture
 * @throws {OpenMVError} as `histogram` does.
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

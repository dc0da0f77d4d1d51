import { defer, map, type OperatorFunction } from 'rxjs';
import { requireOptions, type OptionNames } from '../arguments.js';
import { oneByOne } from '../operators/one-by-one.js';
import { SlidingRate, windowOf, type RateOptions } from './sliding-rate.js';

/**
 * Frames per second, by their times of arrival.
 *
 * Emits a rate for each frame: those since the first of the window, over the time since then. The window ends with the
 * newest frame and is `windowMs` long, or as long as the last two frames are apart; 0 until there are two. While no
 * frame comes nothing is emitted, so the last rate stands: see the example for a rate that falls to 0. Completes and
 * errors with the source. Holds the times of at most 1024 frames.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when `windowMs` is not above 0.
 *
 * @example
 * ```ts
 * import { map, startWith, switchMap, timer } from 'rxjs';
 * import { frameRate, type Camera } from 'openmv-rx';
 *
 * const shown = (camera: Camera) =>
 *   camera.frames$.pipe(
 *     frameRate(),
 *     switchMap((rate) => timer(2000).pipe(map(() => 0), startWith(rate))),
 *   );
 * ```
 */
export function frameRate(options: RateOptions = {}): OperatorFunction<{ readonly receivedAt: number }, number> {
  requireOptions('frameRate', options, KNOWN);
  const windowMs = windowOf(options);
  return (source) =>
    defer(() => {
      const rate = new SlidingRate(windowMs);
      return source.pipe(
        oneByOne(),
        map(({ receivedAt }) => rate.push(receivedAt, 1)),
      );
    });
}

const KNOWN: OptionNames<RateOptions> = { windowMs: true };

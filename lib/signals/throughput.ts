import { defer, map, type OperatorFunction } from 'rxjs';
import { requireOptions, type OptionNames } from '../arguments.js';
import { oneByOne } from '../operators/one-by-one.js';
import { SlidingRate, windowOf, type RateOptions } from './sliding-rate.js';

/** What `throughput` counts: frames, and whatever else has bytes that arrived at a time. */
export interface Received {
  readonly data: Uint8Array;
  /** Milliseconds. */
  readonly receivedAt: number;
}

/**
 * Bytes per second, by the times of arrival: of a frame the bytes of its `data`, without what the protocol adds.
 *
 * Emits a rate for each item: the bytes since the first of the window, without the first's own, over the time since
 * then. The window is that of `frameRate`: it ends with the newest item and is `windowMs` long, or as long as the last
 * two are apart; 0 until there are two. While nothing comes nothing is emitted. Completes and errors with the source.
 * Holds the times and sizes of at most 1024 items.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when `windowMs` is not above 0.
 *
 * @example
 * ```ts
 * import { throughput, type Camera } from 'openmv-rx';
 *
 * const watch = (camera: Camera) =>
 *   camera.frames$.pipe(throughput()).subscribe((rate) => console.log(`${(rate / 1e6).toFixed(1)} MB/s`));
 * ```
 */
export function throughput(options: RateOptions = {}): OperatorFunction<Received, number> {
  requireOptions('throughput', options, KNOWN);
  const windowMs = windowOf(options);
  return (source) =>
    defer(() => {
      const rate = new SlidingRate(windowMs);
      return source.pipe(
        oneByOne(),
        map(({ data, receivedAt }) => rate.push(receivedAt, data.length)),
      );
    });
}

const KNOWN: OptionNames<RateOptions> = { windowMs: true };

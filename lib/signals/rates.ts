import { defer, map, type OperatorFunction } from 'rxjs';
import { requireOptions, type OptionNames, positive } from '../arguments.js';
import { oneByOne } from '../operators/one-by-one.js';

/** Options of `frameRate` and `throughput`. */
export interface RateOptions {
  /** The length of the window over which the rate is measured, in milliseconds. Default 1000. */
  readonly windowMs?: number;
}

/**
 * Measures frames per second by their arrival times.
 *
 * Emits a rate for each frame: the frames since the first one in the window, divided by the time since then. The window
 * ends with the newest frame. It is `windowMs` long, or as long as the interval between the last two frames if that is
 * longer. The rate is 0 until two frames have arrived. Nothing is emitted while no frame arrives, so the last rate
 * stands: the example shows a rate that falls to 0. Completes and errors with the source. Holds the times of at most
 * 1024 frames.
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
  return ratePerSecond('frameRate', options, () => 1);
}

/** An item that `throughput` counts: a frame, or anything else with bytes and an arrival time. */
export interface Received {
  readonly data: Uint8Array;
  /** Milliseconds. */
  readonly receivedAt: number;
}

/**
 * Measures bytes per second by arrival times. For a frame it counts the bytes of `data`, without the protocol's overhead.
 *
 * Emits a rate for each item: the bytes that arrived after the first item in the window, divided by the time since then.
 * The window is the same as that of `frameRate`: it ends with the newest item and is `windowMs` long, or as long as the
 * interval between the last two items if that is longer. The rate is 0 until two items have arrived. Nothing is emitted
 * while nothing arrives. Completes and errors with the source. Holds the times and sizes of at most 1024 items.
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
  return ratePerSecond('throughput', options, ({ data }) => data.length);
}

function ratePerSecond<T extends { readonly receivedAt: number }>(
  name: string,
  options: RateOptions,
  amountOf: (item: T) => number,
): OperatorFunction<T, number> {
  requireOptions(name, options, KNOWN);
  const windowMs = positive('windowMs', options.windowMs, 1000);

  return (source) =>
    defer(() => {
      const rate = new SlidingRate(windowMs);
      return source.pipe(
        oneByOne(),
        map((item) => rate.push(item.receivedAt, amountOf(item))),
      );
    });
}

const KNOWN: OptionNames<RateOptions> = { windowMs: true };

interface Arrival {
  readonly at: number;
  /** The sum of all amounts up to and including this arrival. */
  readonly sum: number;
}

/** Far above what a camera sends in a window. With more arrivals the window gets shorter. */
const MAX_ARRIVALS = 1024;

/** The amount that arrived per second between the first and the last arrival in a window that ends with the last. */
export class SlidingRate {
  readonly #windowMs: number;
  readonly #arrivals: Arrival[] = [];
  #sum = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Adds an arrival and returns the rate, which is 0 until there are two arrivals at different times. */
  push(at: number, amount: number): number {
    this.#sum += amount;
    this.#arrivals.push({ at, sum: this.#sum });
    while (this.#isFirstOld(at)) this.#arrivals.shift();
    const first = this.#arrivals[0] as Arrival;
    const passed = at - first.at;
    return passed > 0 ? ((this.#sum - first.sum) * 1000) / passed : 0;
  }

  /** The last two arrivals always stay: in a slow stream their interval is the rate. */
  #isFirstOld(now: number): boolean {
    const { length } = this.#arrivals;
    return length > MAX_ARRIVALS || (length > 2 && (this.#arrivals[0] as Arrival).at < now - this.#windowMs);
  }
}

import { OpenMVError } from '../errors.js';

/** Options of `frameRate` and `throughput`. */
export interface RateOptions {
  /** Over how many milliseconds of arrivals the rate is taken. Default 1000. */
  readonly windowMs?: number;
}

interface Arrival {
  readonly at: number;
  /** What had arrived until then, this arrival included. */
  readonly sum: number;
}

/** Far above what a camera sends in a window; beyond it the window is shorter. */
const MAX_ARRIVALS = 1024;

/** What arrived per second, between the first and the last arrival of a window that ends with the last. */
export class SlidingRate {
  readonly #arrivals: Arrival[] = [];
  #sum = 0;

  constructor(private readonly windowMs: number) {}

  /** Takes an arrival in and tells the rate: 0 until there are two, at different times. */
  push(at: number, amount: number): number {
    this.#sum += amount;
    this.#arrivals.push({ at, sum: this.#sum });
    while (this.#firstIsOld(at)) this.#arrivals.shift();
    const first = this.#arrivals[0] as Arrival;
    const passed = at - first.at;
    return passed > 0 ? ((this.#sum - first.sum) * 1000) / passed : 0;
  }

  /** The last two stay however long ago the one before was: of a slow stream, that is its rate. */
  #firstIsOld(now: number): boolean {
    const { length } = this.#arrivals;
    return length > MAX_ARRIVALS || (length > 2 && (this.#arrivals[0] as Arrival).at < now - this.windowMs);
  }
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` when the window is no time. */
export function windowOf({ windowMs = 1000 }: RateOptions): number {
  if (!(windowMs > 0)) throw new OpenMVError('INVALID_ARGUMENT', `windowMs is milliseconds above 0, not ${windowMs}`);
  return windowMs;
}

import { requireWhole } from '../arguments.js';
import { OpenMVError } from '../errors.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point of it and its slope. */
export interface Line extends Point {
  readonly slope: number;
}

/**
 * Of the lines that no point lies below, the one nearest to the points: the edge of their lower convex hull at their
 * mean. It is level, through the lowest point, where they span less than `shortestSpan`.
 *
 * @param points at least one, from left to right
 */
export function lineBelow(points: readonly Point[], shortestSpan: number): Line {
  const [first, last] = [points[0] as Point, points.at(-1) as Point];
  if (last.x - first.x < shortestSpan) {
    return { ...points.reduce((lowest, point) => (point.y < lowest.y ? point : lowest)), slope: 0 };
  }
  const hull = lowerHull(points);
  const mean = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const right = hull.findIndex(({ x }) => x >= mean);
  const [from, to] = [hull[Math.max(right - 1, 0)] as Point, hull[Math.max(right, 1)] as Point];
  return { ...from, slope: slope(from, to) };
}

/** The points that a thread would touch that is pulled tight from below. */
function lowerHull(points: readonly Point[]): Point[] {
  const hull: Point[] = [];
  for (const point of points) {
    while (hull.length > 1 && slope(hull.at(-2) as Point, hull.at(-1) as Point) >= slope(hull.at(-1) as Point, point)) {
      hull.pop();
    }
    hull.push(point);
  }
  return hull;
}

function slope(from: Point, to: Point): number {
  return (to.y - from.y) / (to.x - from.x);
}

/** Options of {@link ClockEstimator}. */
export interface ClockOptions {
  /** Where the camera's count of microseconds begins anew. Default 2³², a u32; MicroPython's `ticks_us()` has 2³⁰. */
  readonly wrapsAt?: number;
}

/** How a camera's clock stands to the host's. */
export interface ClockEstimate {
  /** What is to be added to the camera's milliseconds to get the host's, at the newest reading. */
  readonly offsetMs: number;
  /** How much faster the camera's clock runs than the host's, in millionths; 0 until readings span five seconds. */
  readonly driftPpm: number;
}

/**
 * The camera's milliseconds, wraps undone, and by how much the host's clock was ahead when they arrived: the offset, and
 * what it took them to arrive.
 */
type Reading = Point;

/** Of each second the reading that arrived soonest is kept: a minute of them. */
const PERIOD_MS = 1000;
const MAX_KEPT = 64;
/** Over less than this the differences between delays are mistaken for a drift. */
const SHORTEST_SPAN_MS = 5000;
/** Nothing arrives so much too soon, or for so long so much too late, but from a camera that was started anew. */
const RESTART_MS = 1000;
const LATE_READINGS = 8;

/**
 * Translates a camera's microseconds to the host's milliseconds, from readings of the camera's clock and the times at
 * which they arrived.
 *
 * What delays a reading only ever makes it later, so it goes by the readings that were delayed least: the line below all
 * of them that is nearest to them (their lower convex hull), over the last minute. Single late readings, a busy host and
 * a wrapped count do no harm. What even the fastest reading takes is part of the offset. A camera that starts anew is
 * noticed, at once or after 8 readings, and learned anew. Holds 64 readings.
 *
 * @example
 * ```ts
 * import { ClockEstimator } from 'openmv-rx';
 *
 * const clock = new ClockEstimator();
 * clock.add(1_000_000, 5000.4);
 * clock.add(1_040_000, 5040.2);
 * console.log(clock.toHostMs(1_040_000)); // 5040.2: 0.2 ms less than the first reading would have it
 * ```
 */
export class ClockEstimator {
  readonly #wrapsAt: number;
  #kept: Reading[] = [];
  #newest: (Reading & { readonly host: number }) | undefined;
  #late: Reading[] = [];
  #line: Line = { x: 0, y: 0, slope: 0 };

  /** @throws {OpenMVError} `INVALID_ARGUMENT` when `wrapsAt` is not a whole number above 0. */
  constructor(options: ClockOptions = {}) {
    this.#wrapsAt = wrapOf(options);
  }

  /**
   * Takes a reading in: the camera's microseconds, and the host's milliseconds when they arrived, which never go back.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when one of them is no finite number.
   */
  add(cameraUs: number, hostMs: number): void {
    if (!(Number.isFinite(cameraUs) && Number.isFinite(hostMs))) {
      throw new OpenMVError('INVALID_ARGUMENT', `a reading is two finite numbers, not ${cameraUs} µs at ${hostMs} ms`);
    }
    const camera = this.#unwrapped(cameraUs, hostMs);
    const reading = { x: camera, y: hostMs - camera };
    this.#watchForRestart(reading);
    this.#newest = { ...reading, host: hostMs };
    this.#keep(reading);
    this.#line = lineBelow(this.#kept, SHORTEST_SPAN_MS);
  }

  /** What is known by now; `undefined` before the first reading. */
  get estimate(): ClockEstimate | undefined {
    if (this.#newest === undefined) return undefined;
    return { offsetMs: this.#aheadAt(this.#newest.x), driftPpm: (1 / (1 + this.#line.slope) - 1) * 1e6 };
  }

  /** A time of the camera as the host's, near the newest reading; `undefined` before the first one. */
  toHostMs(cameraUs: number): number | undefined {
    if (this.#newest === undefined) return undefined;
    const camera = this.#unwrapped(cameraUs, this.#newest.host);
    return camera + this.#aheadAt(camera);
  }

  /** The milliseconds nearest to what the clock should show. */
  #unwrapped(cameraUs: number, hostMs: number): number {
    if (this.#newest === undefined) return cameraUs / 1000;
    const expected = this.#newest.x + (hostMs - this.#newest.host);
    const wrapMs = this.#wrapsAt / 1000;
    return cameraUs / 1000 + Math.round((expected - cameraUs / 1000) / wrapMs) * wrapMs;
  }

  #aheadAt(camera: number): number {
    const { x, y, slope } = this.#line;
    return y + slope * (camera - x);
  }

  #watchForRestart(reading: Reading): void {
    if (this.#newest === undefined) return;
    const late = reading.y - this.#aheadAt(reading.x);
    if (late < -RESTART_MS) this.#forget([]);
    else if (late <= RESTART_MS) this.#late = [];
    else if (this.#late.push(reading) >= LATE_READINGS) this.#forget(this.#late);
  }

  #forget(but: readonly Reading[]): void {
    this.#kept = [];
    this.#late = [];
    for (const reading of but) this.#keep(reading);
  }

  #keep(reading: Reading): void {
    const period = ({ x }: Reading): number => Math.floor(x / PERIOD_MS);
    const last = this.#kept.at(-1);
    if (last !== undefined && period(reading) <= period(last)) {
      if (reading.y < last.y) this.#kept[this.#kept.length - 1] = reading;
      return;
    }
    this.#kept.push(reading);
    if (this.#kept.length > MAX_KEPT) this.#kept.shift();
  }
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` when `wrapsAt` is not a whole number above 0. */
export function wrapOf({ wrapsAt = 2 ** 32 }: ClockOptions): number {
  requireWhole('wrapsAt', wrapsAt, 1);
  return wrapsAt;
}

import { defer, map, type OperatorFunction } from 'rxjs';
import { requireOptions, type OptionNames, requireWhole } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { oneByOne } from '../operators/one-by-one.js';

/** Options of {@link cameraClock}. `receivedAt` is required if the items have no `receivedAt` of their own. */
export type CameraClockOptions<T> = {
  /** Returns the camera's clock in the item, in microseconds. */
  readonly cameraUs: (item: T) => number;
  /** The value at which the camera's microsecond counter wraps. Default 2³², a u32. MicroPython's `ticks_us()` wraps at 2³⁰. */
  readonly wrapsAt?: number;
} & (T extends { readonly receivedAt: number }
  ? {
      /** Returns when the item arrived, in the host's milliseconds. Default: its `receivedAt`. */
      readonly receivedAt?: (item: T) => number;
    }
  : {
      /** Returns when the item arrived, in the host's milliseconds. */
      readonly receivedAt: (item: T) => number;
    });

/** The relation between a camera's clock and the host's. */
export interface ClockEstimate {
  /** The milliseconds to add to the camera's time to get the host's time, at the newest reading. */
  readonly offsetMs: number;
  /** How much faster the camera's clock runs than the host's, in parts per million. 0 until readings span five seconds. */
  readonly driftPpm: number;
}

/** An item with the time at which the camera stamped it. */
export interface OnHostTime<T> {
  readonly item: T;
  /** In the host's milliseconds. It includes the delay of the fastest item. */
  readonly sentAt: number;
  readonly clock: ClockEstimate;
}

/**
 * Translates the camera's clock in items to the host's time, without the jitter of their arrival. Use it in front of
 * `pairByTime`, and for plots.
 *
 * Emits each item at once, with its time by an estimate that includes this item. The estimate improves with each reading.
 * A delay can only make a reading later, so the estimate follows the readings with the smallest delay: the line below
 * all readings of the last minute that is nearest to them. Single late readings, a busy host and a wrapped counter do no
 * harm. The delay of the fastest reading stays part of the offset. A restart of the camera is detected at once or after 8
 * readings, and the estimate starts again. Completes and errors with the source; errors with `INVALID_ARGUMENT` when a
 * time is not a finite number. Holds 64 readings.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when `wrapsAt` is not a whole number above 0.
 *
 * @example
 * ```ts
 * import { timestamp } from 'rxjs';
 * import { cameraClock, struct, type Camera } from 'openmv-rx';
 *
 * const imu = struct({ ticksUs: 'u32', acceleration: ['f32', 3] });
 * const readings = (camera: Camera) =>
 *   camera.channel('imu', imu).value$.pipe(
 *     timestamp(),
 *     cameraClock({ cameraUs: ({ value }) => value.ticksUs, receivedAt: (item) => item.timestamp, wrapsAt: 2 ** 30 }),
 *   );
 * ```
 */
export function cameraClock<T>(options: CameraClockOptions<T>): OperatorFunction<T, OnHostTime<T>> {
  requireOptions<CameraClockOptions<{ readonly receivedAt: number }>>('cameraClock', options as never, KNOWN);
  const { cameraUs, wrapsAt = 2 ** 32 } = options;
  const receivedAt: (item: T) => number = options.receivedAt ?? ownTime;
  requireWhole('wrapsAt', wrapsAt, 1);
  return (source) =>
    defer(() => {
      const clock = new ClockEstimator(wrapsAt);
      return source.pipe(
        oneByOne(),
        map((item) => {
          const us = cameraUs(item);
          clock.add(us, receivedAt(item));
          return { item, sentAt: clock.toHostMs(us) as number, clock: clock.estimate as ClockEstimate };
        }),
      );
    });
}

function ownTime(item: unknown): number {
  return (item as { readonly receivedAt: number }).receivedAt;
}

const KNOWN: OptionNames<CameraClockOptions<{ readonly receivedAt: number }>> = {
  cameraUs: true,
  receivedAt: true,
  wrapsAt: true,
};

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point of the line and its slope. */
export interface Line extends Point {
  readonly slope: number;
}

/**
 * Returns the edge of the points' lower convex hull at their mean: of all lines below the points, the nearest one. The
 * line is level, through the lowest point, if the points span less than `shortestSpan`.
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

/** The lower convex hull. */
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

/** x: the camera's milliseconds without wraps. y: the host's milliseconds at arrival minus x, which is offset plus delay. */
type Reading = Point;

/** The earliest reading of each second is kept, for about a minute. */
const PERIOD_MS = 1000;
const MAX_KEPT = 64;
/** Over a shorter span, differences between delays look like drift. */
const SHORTEST_SPAN_MS = 5000;
/** Only a restarted camera is this much too early, or this much too late for 8 readings in a row. */
const RESTART_MS = 1000;
const LATE_READINGS = 8;

/** Translates a camera's microseconds to the host's milliseconds, as `cameraClock` documents it. */
export class ClockEstimator {
  readonly #wrapMs: number;
  #kept: Reading[] = [];
  #newest: (Reading & { readonly host: number }) | undefined;
  #late: Reading[] = [];
  #line: Line = { x: 0, y: 0, slope: 0 };

  /** @param wrapsAt microseconds */
  constructor(wrapsAt: number) {
    this.#wrapMs = wrapsAt / 1000;
  }

  /**
   * Adds a reading: the camera's microseconds, and the host's milliseconds at arrival, which never go back.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when one of them is not a finite number.
   */
  add(cameraUs: number, hostMs: number): void {
    if (!(Number.isFinite(cameraUs) && Number.isFinite(hostMs))) {
      throw new OpenMVError(
        'INVALID_ARGUMENT',
        `a reading must have two finite times, not ${cameraUs} µs at ${hostMs} ms`,
      );
    }
    const camera = this.#unwrapped(cameraUs, hostMs);
    const reading = { x: camera, y: hostMs - camera };
    this.#watchForRestart(reading);
    this.#newest = { ...reading, host: hostMs };
    this.#keep(reading);
    this.#line = lineBelow(this.#kept, SHORTEST_SPAN_MS);
  }

  /** The current estimate; `undefined` before the first reading. */
  get estimate(): ClockEstimate | undefined {
    if (this.#newest === undefined) return undefined;
    return { offsetMs: this.#aheadAt(this.#newest.x), driftPpm: (1 / (1 + this.#line.slope) - 1) * 1e6 };
  }

  /** Translates a camera time near the newest reading to the host's; `undefined` before the first reading. */
  toHostMs(cameraUs: number): number | undefined {
    if (this.#newest === undefined) return undefined;
    const camera = this.#unwrapped(cameraUs, this.#newest.host);
    return camera + this.#aheadAt(camera);
  }

  /** Undoes wraps: the result is the time nearest to the one that the clock should show. */
  #unwrapped(cameraUs: number, hostMs: number): number {
    if (this.#newest === undefined) return cameraUs / 1000;
    const expected = this.#newest.x + (hostMs - this.#newest.host);
    return cameraUs / 1000 + Math.round((expected - cameraUs / 1000) / this.#wrapMs) * this.#wrapMs;
  }

  #aheadAt(camera: number): number {
    const { x, y, slope } = this.#line;
    return y + slope * (camera - x);
  }

  #watchForRestart(reading: Reading): void {
    if (this.#newest === undefined) return;
    const late = reading.y - this.#aheadAt(reading.x);
    if (late < -RESTART_MS) this.#restart([]);
    else if (late <= RESTART_MS) this.#late = [];
    else if (this.#late.push(reading) >= LATE_READINGS) this.#restart(this.#late);
  }

  #restart(readings: readonly Reading[]): void {
    this.#kept = [];
    this.#late = [];
    for (const reading of readings) this.#keep(reading);
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

import { defer, map, type OperatorFunction } from 'rxjs';
import { requireOptions, type OptionNames } from '../arguments.js';
import { ClockEstimator, wrapOf, type ClockEstimate, type ClockOptions } from './clock-estimator.js';
import { oneByOne } from '../operators/one-by-one.js';

/** Options of {@link cameraClock}. */
export interface CameraClockOptions<T> extends ClockOptions {
  /** The camera's clock in the item, in microseconds. */
  readonly cameraUs: (item: T) => number;
  /** When the item arrived, in the host's milliseconds. Default: its `receivedAt`. */
  readonly receivedAt?: (item: T) => number;
}

/** {@link CameraClockOptions} where an item says when it was received, so that this need not be given. */
export type Arrival<T> = T extends { readonly receivedAt: number }
  ? unknown
  : { readonly receivedAt: (item: T) => number };

/** An item with the time at which the camera stamped it. */
export interface OnHostTime<T> {
  readonly item: T;
  /** In the host's milliseconds, what the fastest item took to arrive included. */
  readonly sentAt: number;
  readonly clock: ClockEstimate;
}

/**
 * Puts items that carry the camera's clock on the host's time, without the jitter of their arrival: for `pairByTime`,
 * and for plots.
 *
 * Emits each item at once, with its time by the estimate that includes it, which gets better with the readings:
 * {@link ClockEstimator} says how. Completes and errors with the source; errors with `INVALID_ARGUMENT` when a time is no
 * finite number. Holds 64 readings.
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
export function cameraClock<T>(options: CameraClockOptions<T> & Arrival<T>): OperatorFunction<T, OnHostTime<T>> {
  requireOptions('cameraClock', options, KNOWN);
  const { cameraUs, receivedAt = ownTime, ...rest }: CameraClockOptions<T> = options;
  const wrapsAt = wrapOf(rest);
  return (source) =>
    defer(() => {
      const clock = new ClockEstimator({ wrapsAt });
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

const KNOWN: OptionNames<CameraClockOptions<never>> = { cameraUs: true, receivedAt: true, wrapsAt: true };

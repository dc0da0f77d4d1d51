import { interval, type Observable, type SchedulerLike, type Subscription } from 'rxjs';
import type { Device } from './device.js';
import { IMU_RECORD_BYTES } from './imu-record.js';
import { ImuRing } from './imu-ring.js';
import { whileAttached } from './while-attached.js';

/** The event of `imu` that there are records. */
const READY = 1;
/** How often that is said. */
const READY_MS = 40;

/** What the channel needs of its camera. */
export interface ImuClock {
  /** Milliseconds since the camera was switched on. */
  readonly uptime: () => number;
  readonly attached$: Observable<boolean>;
  readonly scheduler: SchedulerLike;
}

/**
 * Serves `imu`, as a script could: a ring of records, see {@link imuLayout}, that reading empties. The oldest are dropped when nobody
 * reads; SHAPE is how many there are, the bytes of one, and how many were dropped.
 */
export function serveImu(device: Device, { uptime, attached$, scheduler }: ImuClock): Subscription {
  const ring = new ImuRing(uptime);
  const channel = device.register('imu', {
    poll: () => ring.size > 0,
    size: () => ring.size,
    shape: () => [ring.records, IMU_RECORD_BYTES, ring.dropped],
    read: (_, size) => ring.read(size),
  });
  return whileAttached(attached$, interval(READY_MS, scheduler)).subscribe(() => {
    if (ring.size > 0) channel.sendEvent(READY);
  });
}

import { interval, type Observable, type SchedulerLike, type Subscription } from 'rxjs';
import type { Device } from './device.js';
import { IMU_RECORD_BYTES } from './imu-record.js';
import { ImuRing } from './imu-ring.js';
import { whileAttached } from './while-attached.js';

/** The event of `imu` that there are records. */
const READY = 1;
/** How often it looks whether that is to be said: once, until somebody reads. */
const LOOK_MS = 40;

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
  let told = false;
  const channel = device.register('imu', {
    poll: () => ring.size > 0,
    size: () => ring.size,
    shape: () => [ring.records, IMU_RECORD_BYTES, ring.dropped],
    read: (_, size) => {
      told = false;
      return ring.read(size);
    },
  });
  return whileAttached(attached$, interval(LOOK_MS, scheduler)).subscribe(() => {
    if (told || ring.size === 0) return;
    told = true;
    channel.sendEvent(READY);
  });
}

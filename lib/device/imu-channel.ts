import { defer, interval, type Observable, type SchedulerLike, type Subscription } from 'rxjs';
import type { Device } from './device.js';
import { IMU_RECORD_BYTES } from './imu-record.js';
import { ImuRing } from './imu-ring.js';
import { isSent } from './is-sent.js';
import { whileAttached } from './while-attached.js';

/** The event of `imu` that there are records. */
const READY = 1;
/** How often it looks whether that is to be said: once, until somebody reads. */
const LOOK_MS = 40;

/** What the channel needs of its camera. */
export interface ImuClock {
  /** Milliseconds since the camera was switched on. */
  readonly uptime: () => number;
  /** A host is there, and a script that may tell it of records. */
  readonly working$: Observable<boolean>;
  readonly scheduler: SchedulerLike;
}

/**
 * Serves `imu`, as a script could: a ring of records, see {@link imuLayout}, that reading empties. The oldest are dropped when nobody
 * reads; SHAPE is how many there are, the bytes of one, and how many were dropped.
 */
export function serveImu(device: Device, { uptime, working$, scheduler }: ImuClock): Subscription {
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
  const looks$ = defer(() => {
    // The last host was told, and has gone.
    told = false;
    return interval(LOOK_MS, scheduler);
  });
  return whileAttached(working$, looks$).subscribe(() => {
    if (told || ring.size === 0) return;
    // Beforehand: the host may read, and so be told again, inside of it.
    told = true;
    if (!isSent(channel.sendEvent(READY))) told = false;
  });
}

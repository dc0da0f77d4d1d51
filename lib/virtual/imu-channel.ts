import { defer, interval, type Observable, type SchedulerLike, type Subscription } from 'rxjs';
import { isSent, whileAttached } from '../device/backends/sending.js';
import type { Device } from '../device/device.js';
import { IMU_RECORD_BYTES, IMU_RECORDS_PER_SECOND, imuSample } from './imu-record.js';

/** How many samples are kept for a host that does not read: about two and a half seconds. */
export const IMU_RING_RECORDS = 512;

/** The samples that a host has not read yet. Each is known by its number, so only the numbers are kept. */
export class ImuRing {
  readonly #now: () => number;
  /** How many were forgotten because nobody read them in time. */
  dropped = 0;
  /** The first that was not begun to be read. */
  #next: number;
  /** What was left over of the one that was. */
  #rest: Uint8Array = new Uint8Array(0);

  /** @param now the camera's uptime in milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#next = this.#taken();
  }

  /** Whole records that are there. */
  get records(): number {
    this.#forget();
    return Math.max(0, this.#taken() - this.#next);
  }

  /** Bytes that are there. */
  get size(): number {
    return this.#rest.length + this.records * IMU_RECORD_BYTES;
  }

  /** Takes at most so many bytes out, the oldest first; a record that is cut goes on with the next read. */
  read(size: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(size, this.size));
    for (let at = 0; at < bytes.length;) {
      if (this.#rest.length === 0) this.#rest = imuSample(this.#next++);
      const part = this.#rest.subarray(0, bytes.length - at);
      bytes.set(part, at);
      this.#rest = this.#rest.subarray(part.length);
      at += part.length;
    }
    return bytes;
  }

  /** How many samples the camera has taken since it was switched on. */
  #taken(): number {
    return Math.floor((this.#now() * IMU_RECORDS_PER_SECOND) / 1000);
  }

  #forget(): void {
    const tooMany = this.#taken() - this.#next - IMU_RING_RECORDS;
    if (tooMany <= 0) return;
    this.#next += tooMany;
    this.dropped += tooMany;
  }
}

/** The event of `imu` that there are records. */
const READY = 1;
/** How often it looks whether that is to be said: once, until somebody reads. */
const LOOK_MS = 40;

/** What the channel needs of its camera. */
interface ImuClock {
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

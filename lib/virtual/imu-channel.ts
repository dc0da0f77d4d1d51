import { defer, interval, type Observable, type SchedulerLike, type Subscription } from 'rxjs';
import { isSent, whileAttached } from '../device/backends/sending.js';
import type { Device } from '../device/device.js';
import { IMU_RECORD_BYTES, IMU_RECORDS_PER_SECOND, imuSample } from './imu-record.js';

/** The number of samples that the ring keeps: about two and a half seconds. */
export const IMU_RING_RECORDS = 512;

/** A ring of unread samples. A sample follows from its number, so the ring stores numbers only. */
export class ImuRing {
  readonly #now: () => number;
  /** The number of samples that were dropped unread. */
  dropped = 0;
  /** The number of the first sample of which nothing was read. */
  #next: number;
  /** The unread bytes of the sample before it. */
  #rest: Uint8Array = new Uint8Array(0);

  /** @param now the camera's uptime in milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#next = this.#sampled();
  }

  /** The number of complete records. */
  get records(): number {
    this.#dropOldest();
    return Math.max(0, this.#sampled() - this.#next);
  }

  /** The number of readable bytes. */
  get size(): number {
    return this.#rest.length + this.records * IMU_RECORD_BYTES;
  }

  /** Removes and returns at most `size` bytes, the oldest first. The next read continues a record that was cut. */
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

  /** The number of samples since the camera was switched on. */
  #sampled(): number {
    return Math.floor((this.#now() * IMU_RECORDS_PER_SECOND) / 1000);
  }

  #dropOldest(): void {
    const tooMany = this.#sampled() - this.#next - IMU_RING_RECORDS;
    if (tooMany <= 0) return;
    this.#next += tooMany;
    this.dropped += tooMany;
  }
}

/** The event of `imu`: there are records. */
const READY = 1;
/** How often the channel checks for unread records. */
const CHECK_MS = 40;

/** The parts of the camera that the channel uses. */
interface ImuClock {
  /** Milliseconds since the camera was switched on. */
  readonly uptime: () => number;
  /** True while a host is attached and a script runs. */
  readonly working$: Observable<boolean>;
  readonly scheduler: SchedulerLike;
}

/**
 * Serves `imu`, as a script could: a ring of records (see {@link imuLayout}) that reading empties. A full ring drops the oldest
 * record. SHAPE is the number of records, the bytes of one, and the number of dropped records. Sends READY once per read.
 */
export function serveImu(device: Device, { uptime, working$, scheduler }: ImuClock): Subscription {
  const ring = new ImuRing(uptime);
  let isNotified = false;
  const channel = device.register('imu', {
    poll: () => ring.size > 0,
    size: () => ring.size,
    shape: () => [ring.records, IMU_RECORD_BYTES, ring.dropped],
    read: (_, size) => {
      isNotified = false;
      return ring.read(size);
    },
  });
  const checks$ = defer(() => {
    // A new host has not been notified yet.
    isNotified = false;
    return interval(CHECK_MS, scheduler);
  });
  return whileAttached(working$, checks$).subscribe(() => {
    if (isNotified || ring.size === 0) return;
    // Set before sendEvent(), because the host may read inside that call and reset it.
    isNotified = true;
    if (!isSent(channel.sendEvent(READY))) isNotified = false;
  });
}

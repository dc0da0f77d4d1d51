import { IMU_RECORD_BYTES, IMU_RECORDS_PER_SECOND, imuSample } from './imu-record.js';

/** How many samples are kept for a host that does not read: about two and a half seconds. */
export const IMU_RING_RECORDS = 512;

/** The samples that a host has not read yet. Each is known by its number, so only the numbers are kept. */
export class ImuRing {
  /** How many were forgotten because nobody read them in time. */
  dropped = 0;
  /** The first that was not begun to be read. */
  private next: number;
  /** What was left over of the one that was. */
  private rest: Uint8Array = new Uint8Array(0);

  /** @param now the camera's uptime in milliseconds */
  constructor(private readonly now: () => number) {
    this.next = this.taken();
  }

  /** Whole records that are there. */
  get records(): number {
    this.forget();
    return Math.max(0, this.taken() - this.next);
  }

  /** Bytes that are there. */
  get size(): number {
    return this.rest.length + this.records * IMU_RECORD_BYTES;
  }

  /** Takes at most so many bytes out, the oldest first; a record that is cut goes on with the next read. */
  read(size: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(size, this.size));
    for (let at = 0; at < bytes.length;) {
      if (this.rest.length === 0) this.rest = imuSample(this.next++);
      const part = this.rest.subarray(0, bytes.length - at);
      bytes.set(part, at);
      this.rest = this.rest.subarray(part.length);
      at += part.length;
    }
    return bytes;
  }

  /** How many samples the camera has taken since it was switched on. */
  private taken(): number {
    return Math.floor((this.now() * IMU_RECORDS_PER_SECOND) / 1000);
  }

  private forget(): void {
    const tooMany = this.taken() - this.next - IMU_RING_RECORDS;
    if (tooMany <= 0) return;
    this.next += tooMany;
    this.dropped += tooMany;
  }
}

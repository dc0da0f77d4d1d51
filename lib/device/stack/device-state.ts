import { isObservable, type TimestampProvider } from 'rxjs';
import type { DeviceStatistics } from '../../wire/payloads/index.js';
import type { DeviceSettings } from '../device-options.js';
import type { ChannelTable } from './channel-table.js';
import type { Pending } from './task.js';

/** The state of a device that outlives its connections. */
export interface DeviceState {
  readonly settings: DeviceSettings;
  readonly channels: ChannelTable;
  readonly lockLimit: LockLimit;
  readonly counters: Counters;
  /** The device executes no command while there are any, because their back-ends are still busy. */
  readonly unsettled: Unsettled;
  /** Reports the failure of a back-end; `opcode` is the command that was executed on `channel`, if any. */
  report(channel: string, opcode: number | undefined, error: unknown): void;
  /** The host restarts the camera, so the link goes away. */
  restart(into: 'firmware' | 'bootloader'): void;
}

/** The counters of a device. Neither a SYNC nor a soft reboot clears them. */
type Counters = { -readonly [Name in keyof DeviceStatistics]: number };

export function zeroCounters(): Counters {
  return {
    sentPackets: 0,
    receivedPackets: 0,
    checksumErrors: 0,
    sequenceErrors: 0,
    retransmits: 0,
    transportErrors: 0,
    sentEvents: 0,
  };
}

/** Promises of back-ends that a reset abandoned. A Promise cannot be cancelled, so the device waits for it. */
export class Unsettled {
  readonly #onSettled: () => void;
  #count = 0;

  constructor(onSettled: () => void) {
    this.#onSettled = onSettled;
  }

  get any(): boolean {
    return this.#count > 0;
  }

  /** Counts a Promise. An Observable is ignored: unsubscribing has settled it. */
  add(answer: Pending): void {
    if (isObservable(answer)) return;
    this.#count++;
    const settled = () => {
      this.#count--;
      this.#onSettled();
    };
    answer.then(settled, settled);
  }
}

/** Refuses a LOCK too soon after the last successful one, whatever the channel (PROTOCOL 7). */
export class LockLimit {
  readonly #intervalMs: number;
  readonly #clock: TimestampProvider;
  #lastAt = -Infinity;

  constructor(intervalMs: number, clock: TimestampProvider) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
  }

  /** The end of the interval is part of it. A clock that was set back ends the interval. */
  get refuses(): boolean {
    const elapsedMs = this.#clock.now() - this.#lastAt;
    return elapsedMs >= 0 && elapsedMs <= this.#intervalMs;
  }

  locked(): void {
    this.#lastAt = this.#clock.now();
  }
}

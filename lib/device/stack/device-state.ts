import { isObservable, type TimestampProvider } from 'rxjs';
import type { DeviceStatistics } from '../../wire/payloads/index.js';
import type { DeviceSettings } from '../device-options.js';
import type { ChannelTable } from './channel-table.js';
import type { Pending } from './task.js';

/** What outlives a session: it belongs to the device. */
export interface DeviceState {
  readonly settings: DeviceSettings;
  readonly channels: ChannelTable;
  readonly lockLimit: LockLimit;
  readonly counters: Counters;
  /** While there are any, no command is executed: its back-end is still busy. */
  readonly unsettled: Unsettled;
  /** A back-end failed while `opcode`, if any, was executed on `channel`. */
  report(channel: string, opcode: number | undefined, error: unknown): void;
  /** The host asked the camera to start anew; the link is to go away. */
  restart(into: 'firmware' | 'bootloader'): void;
}

/** Counts for the life of a device: neither a SYNC nor a soft reboot clears them. */
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

/** Answers of back-ends that nobody waits for any more and that can't be taken back: Promises. */
export class Unsettled {
  private count = 0;

  constructor(private readonly onSettled: () => void) {}

  get any(): boolean {
    return this.count > 0;
  }

  /** An Observable was unsubscribed, which has settled it. */
  add(answer: Pending): void {
    if (isObservable(answer)) return;
    this.count++;
    const settled = () => {
      this.count--;
      this.onSettled();
    };
    answer.then(settled, settled);
  }
}

/** LOCK is refused until a while after the last successful one, of whatever channel (PROTOCOL 7). */
export class LockLimit {
  private lastAt = -Infinity;

  constructor(
    private readonly intervalMs: number,
    private readonly clock: TimestampProvider,
  ) {}

  /** The end of the interval still counts as within it. A clock that was set back ends it. */
  get refuses(): boolean {
    const elapsedMs = this.clock.now() - this.lastAt;
    return elapsedMs >= 0 && elapsedMs <= this.intervalMs;
  }

  locked(): void {
    this.lastAt = this.clock.now();
  }
}

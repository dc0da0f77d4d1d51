import type { ChannelTable } from './channel-table.js';
import type { DeviceSettings } from './device-options.js';
import type { LockLimit } from './lock-limit.js';
import type { Counters } from './statistics.js';
import type { Unsettled } from './unsettled.js';

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

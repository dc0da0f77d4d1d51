import type { Capabilities } from '../wire/payloads/index.js';
import type { ChannelTable } from './channel-table.js';
import type { DeviceSettings } from './device-options.js';
import type { LockLimit } from './lock-limit.js';
import type { Counters } from './statistics.js';

/** What outlives a session: it belongs to the device. */
export interface DeviceState {
  readonly settings: DeviceSettings;
  readonly channels: ChannelTable;
  readonly lockLimit: LockLimit;
  readonly counters: Counters;
  /** A back-end failed while `opcode` was executed on `channel`. */
  report(channel: string, opcode: number, error: unknown): void;
  /** The host asked the camera to start anew; the link is to go away. */
  restart(into: 'firmware' | 'bootloader'): void;
}

/** What a command may see and change. */
export interface CommandContext extends DeviceState {
  capabilities: Capabilities;
  /** Sequence 0, default capabilities, empty receive buffer. The locks are another matter: see `releaseLocks`. */
  resetState(): void;
  /** The counter back at 0, behind the acknowledgement of a SYNC. */
  restartSequence(): void;
}

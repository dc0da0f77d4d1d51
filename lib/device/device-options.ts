import { asyncScheduler, type SchedulerLike } from 'rxjs';
import {
  requireOptions,
  type OptionNames,
  requireWhole,
  requireArgument,
  requireInterval,
  requireOneOf,
} from '../arguments.js';
import { BUFFER_SIZES, LOCK_INTERVAL_MS, RETRANSMIT_RETRIES, RETRANSMIT_TIMEOUT_MS } from '../wire/limits.js';
import { OVERHEAD_BYTES, SMALLEST_MAX_PAYLOAD } from '../wire/packet.js';
import type { Capabilities, MemoryPool, SystemInfo, Versions } from '../wire/payloads/index.js';
import { defaultSystemInfo, defaultVersions } from './board.js';

/** Options of a {@link Device}. The defaults are those of a camera on USB. */
export interface DeviceOptions {
  /** Size of the receive buffer in bytes. Default 4096. */
  readonly bufferSize?: 512 | 4096 | 8192;
  /** Fill and check CRCs. Default true. */
  readonly crc?: boolean;
  /** Check sequence numbers. Default true. */
  readonly seq?: boolean;
  /** Repeat data until the host acknowledges them. Default true. */
  readonly ack?: boolean;
  /** Send events. Default true. */
  readonly events?: boolean;
  /** The largest payload of a packet after a SYNC, in bytes: 50 to `bufferSize` − 14. Default `bufferSize` − 14. */
  readonly maxPayload?: number;
  /** How often the device repeats a packet before it gives up and resets its session. Default 3. */
  readonly retransmitRetries?: number;
  /** How long the device waits for the first acknowledgement of a packet. Each further wait is twice as long. Default 500. */
  readonly retransmitTimeoutMs?: number;
  /** How long the device refuses a LOCK after the last one. Default 10, which is also the minimum. */
  readonly lockIntervalMs?: number;
  /** The name of channel 0. Default `'usb'`. */
  readonly transportName?: string;
  /** The answer to SYS_INFO. Default: an OpenMV H7. */
  readonly systemInfo?: SystemInfo;
  /** The answer to PROTO_VERSION. Default: protocol 1.0.2, firmware 5.0.0. */
  readonly versions?: Versions;
  /** Returns the answer to SYS_MEMORY. Default: no pools. */
  readonly memory?: () => readonly MemoryPool[];
  /**
   * Makes the camera late, as native code does. For the last `ms` of every `everyMs` after a host connects, the device reads
   * nothing, sends nothing and checks no timer, even in the middle of a reply (PROTOCOL 5c). Its back-ends continue.
   * Default: never busy.
   */
  readonly busy?: { readonly ms: number; readonly everyMs: number };
  /** The scheduler for all timers. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** The times at which a camera is busy in native code. */
export type Busy = NonNullable<DeviceOptions['busy']>;

/** {@link DeviceOptions} with all defaults filled in. */
export interface DeviceSettings extends Required<Omit<DeviceOptions, keyof Capabilities | 'busy'>> {
  /** The capabilities that a SYNC restores. */
  readonly capabilities: Capabilities;
  /** The largest payload that the host may negotiate. */
  readonly largestPayload: number;
  readonly busy: Busy | undefined;
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` when an option is outside its limits. */
export function deviceSettings(options: DeviceOptions): DeviceSettings {
  requireOptions('Device', options, DEVICE_OPTIONS);
  const { bufferSize = 4096, crc = true, seq = true, ack = true, events = true } = options;
  const { retransmitRetries = RETRANSMIT_RETRIES, retransmitTimeoutMs = RETRANSMIT_TIMEOUT_MS } = options;
  const { lockIntervalMs = LOCK_INTERVAL_MS } = options;
  const { busy } = options;
  const largestPayload = bufferSize - OVERHEAD_BYTES;
  const { maxPayload = largestPayload } = options;
  requireOneOf('bufferSize', bufferSize, BUFFER_SIZES);
  requireWhole('maxPayload', maxPayload, SMALLEST_MAX_PAYLOAD, largestPayload);
  requireWhole('retransmitRetries', retransmitRetries, 0);
  requireInterval('retransmitTimeoutMs', retransmitTimeoutMs);
  const isLimit = Number.isFinite(lockIntervalMs) && lockIntervalMs >= LOCK_INTERVAL_MS;
  requireArgument(isLimit, `lockIntervalMs must be a number, ${LOCK_INTERVAL_MS} or more`, lockIntervalMs);
  if (busy !== undefined) {
    requireInterval('busy.everyMs', busy.everyMs);
    requireArgument(busy.ms >= 0 && busy.ms < busy.everyMs, 'busy.ms must be less than busy.everyMs', busy.ms);
  }
  return {
    bufferSize,
    capabilities: { crc, seq, ack, events, maxPayload },
    largestPayload,
    retransmitRetries,
    retransmitTimeoutMs,
    lockIntervalMs,
    transportName: options.transportName ?? 'usb',
    systemInfo: options.systemInfo ?? defaultSystemInfo,
    versions: options.versions ?? defaultVersions,
    memory: options.memory ?? (() => []),
    busy: options.busy,
    scheduler: options.scheduler ?? asyncScheduler,
  };
}

export const DEVICE_OPTIONS: OptionNames<DeviceOptions> = {
  bufferSize: true,
  crc: true,
  seq: true,
  ack: true,
  events: true,
  maxPayload: true,
  retransmitRetries: true,
  retransmitTimeoutMs: true,
  lockIntervalMs: true,
  transportName: true,
  systemInfo: true,
  versions: true,
  memory: true,
  busy: true,
  scheduler: true,
};

import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { requireOptions, type OptionNames, requireWhole } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { BUFFER_SIZES, LOCK_INTERVAL_MS, RETRANSMIT_RETRIES, RETRANSMIT_TIMEOUT_MS } from '../wire/limits.js';
import { OVERHEAD_BYTES, SMALLEST_MAX_PAYLOAD } from '../wire/packet.js';
import type { Capabilities, MemoryPool, SystemInfo, Versions } from '../wire/payloads/index.js';
import { defaultSystemInfo, defaultVersions } from './board.js';

/** A scheduler runs a timer at once if its delay is longer. */
export const LONGEST_TIMER_MS = 0x7fffffff;

/** When a camera is busy in native code. */
export interface Busy {
  /** The busy part at the end of each period, in milliseconds. */
  readonly ms: number;
  /** The period in milliseconds, counted from the host's connection. */
  readonly everyMs: number;
}

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

/** {@link DeviceOptions} with all defaults filled in. */
export interface DeviceSettings {
  readonly bufferSize: number;
  /** The capabilities that a SYNC restores. */
  readonly capabilities: Capabilities;
  /** The largest payload that the host may negotiate. */
  readonly largestPayload: number;
  readonly retransmitRetries: number;
  readonly retransmitTimeoutMs: number;
  readonly lockIntervalMs: number;
  readonly transportName: string;
  readonly systemInfo: SystemInfo;
  readonly versions: Versions;
  readonly memory: () => readonly MemoryPool[];
  readonly busy: Busy | undefined;
  readonly scheduler: SchedulerLike;
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
  if (!BUFFER_SIZES.includes(bufferSize)) throw invalid('bufferSize', '512, 4096 or 8192', bufferSize);
  requireWhole('maxPayload', maxPayload, SMALLEST_MAX_PAYLOAD, largestPayload);
  requireWhole('retransmitRetries', retransmitRetries, 0);
  if (!(retransmitTimeoutMs > 0 && retransmitTimeoutMs <= LONGEST_TIMER_MS))
    throw invalid('retransmitTimeoutMs', `above 0 and at most ${LONGEST_TIMER_MS}`, retransmitTimeoutMs);
  if (!(lockIntervalMs >= LOCK_INTERVAL_MS && lockIntervalMs < Infinity))
    throw invalid('lockIntervalMs', `at least ${LOCK_INTERVAL_MS}`, lockIntervalMs);
  if (busy && !(busy.ms >= 0 && busy.ms < busy.everyMs && busy.everyMs <= LONGEST_TIMER_MS))
    throw new OpenMVError(
      'INVALID_ARGUMENT',
      `busy.ms must be less than busy.everyMs, not ${busy.ms} of ${busy.everyMs}`,
    );
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

function invalid(option: string, expected: string, value: number): OpenMVError {
  return new OpenMVError('INVALID_ARGUMENT', `${option} must be ${expected}, not ${value}`);
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

import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { requireOptions, type OptionNames, requireWhole } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { OVERHEAD_BYTES, SMALLEST_MAX_PAYLOAD } from '../wire/packet.js';
import type { Capabilities, MemoryPool, SystemInfo, Versions } from '../wire/payloads/index.js';
import { LONGEST_TIMER_MS } from './stack/ack-wait.js';
import type { Busy } from './stack/busy-times.js';
import { defaultSystemInfo, defaultVersions } from './board.js';

/** How a {@link Device} is built. The defaults are those of a camera on USB. */
export interface DeviceOptions {
  /** The receive buffer, in bytes. Default 4096. */
  readonly bufferSize?: 512 | 4096 | 8192;
  /** CRCs are filled and checked. Default true. */
  readonly crc?: boolean;
  /** Sequence numbers are checked. Default true. */
  readonly seq?: boolean;
  /** Data are repeated until the host acknowledges them. Default true. */
  readonly ack?: boolean;
  /** Events are sent. Default true. */
  readonly events?: boolean;
  /** The largest payload of a packet after a SYNC, in bytes. Default, and at most, `bufferSize` − 14; at least 50. */
  readonly maxPayload?: number;
  /** How often a packet is sent again before the device gives up and resets its session. Default 3. */
  readonly retransmitRetries?: number;
  /** How long the device waits for the first acknowledgement of a packet; each further wait is twice as long. Default 500. */
  readonly retransmitTimeoutMs?: number;
  /** How long after a LOCK the next is refused. Default, and at least, 10. */
  readonly lockIntervalMs?: number;
  /** What channel 0 is called. Default `'usb'`. */
  readonly transportName?: string;
  /** What SYS_INFO answers. Default: an OpenMV H7. */
  readonly systemInfo?: SystemInfo;
  /** What PROTO_VERSION answers. Default: protocol 1.0.2, firmware 5.0.0. */
  readonly versions?: Versions;
  /** What SYS_MEMORY answers. Default: no pools. */
  readonly memory?: () => readonly MemoryPool[];
  /**
   * Makes the camera late, as native code does: for the last `ms` of every `everyMs` after a host connects it reads
   * nothing, says nothing and looks at no timer, also in the middle of a reply (PROTOCOL 5c). Its back-ends and timers go on.
   * Default: never busy.
   */
  readonly busy?: { readonly ms: number; readonly everyMs: number };
  /** Where the time comes from. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** {@link DeviceOptions} with nothing left open. */
export interface DeviceSettings {
  readonly bufferSize: number;
  /** What a SYNC restores. */
  readonly capabilities: Capabilities;
  /** What the host may ask for at most. */
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
  const { retransmitRetries = 3, retransmitTimeoutMs = 500, lockIntervalMs = 10 } = options;
  const { busy } = options;
  const largestPayload = bufferSize - OVERHEAD_BYTES;
  const { maxPayload = largestPayload } = options;
  if (!BUFFER_SIZES.includes(bufferSize)) throw invalid('bufferSize', '512, 4096 or 8192', bufferSize);
  requireWhole('maxPayload', maxPayload, SMALLEST_MAX_PAYLOAD, largestPayload);
  requireWhole('retransmitRetries', retransmitRetries, 0);
  if (!(retransmitTimeoutMs > 0 && retransmitTimeoutMs <= LONGEST_TIMER_MS))
    throw invalid('retransmitTimeoutMs', `above 0 and at most ${LONGEST_TIMER_MS}`, retransmitTimeoutMs);
  if (!(lockIntervalMs >= 10 && lockIntervalMs < Infinity))
    throw invalid('lockIntervalMs', 'at least 10', lockIntervalMs);
  if (busy && !(busy.ms >= 0 && busy.ms < busy.everyMs && busy.everyMs <= LONGEST_TIMER_MS))
    throw new OpenMVError(
      'INVALID_ARGUMENT',
      `busy is ms of every everyMs, fewer than these, not ${busy.ms} of ${busy.everyMs}`,
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

const BUFFER_SIZES: readonly number[] = [512, 4096, 8192];

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

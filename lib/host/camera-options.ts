import type { SchedulerLike } from 'rxjs';
import { requireOptions, requireOneOf, requireNumber, given } from '../arguments.js';
import type { Capabilities } from '../wire/payloads/index.js';
import type { Preferences } from '../transport/transport.js';
import { steadied, steadyScheduler } from './monotonic-scheduler.js';
import { requireCapabilities } from './session/negotiation.js';

/** Options of a `Camera`. Times are in milliseconds; times over twelve days, such as `Infinity`, count as twelve days. */
export interface CameraOptions {
  /**
   * When to open the link again.
   *
   * - `'after-ready'` (default): if the link can't be opened at first, all subscriptions error. Once the camera was ready, a lost link is opened again
   *   with back-off, and subscriptions continue;
   * - `'always'`: the first attempt is repeated, too, for programs that start before the camera is plugged in;
   * - `'never'`: all subscriptions error when the link is lost.
   */
  readonly reconnect?: 'after-ready' | 'always' | 'never';
  /** The timeout for opening the port and for the whole handshake. Default 4000. */
  readonly openTimeoutMs?: number;
  /**
   * The timeout for a command, plus 1 ms for each 10 bytes of its data. An operation on a channel first waits up to the same time for the link and the
   * channel. A silent camera keeps its session for another `openTimeoutMs`, because it may only be late. Default 4000.
   */
  readonly commandTimeoutMs?: number;
  /** How long `readFrame()` waits for a frame. Default 5000. */
  readonly frameTimeoutMs?: number;
  /**
   * How long the link stays open after the last subscription, and how long the stream stays on after the last subscriber of `frames$`. A second
   * `Camera` on the same port ends both at once. Default 1000.
   */
  readonly closeAfterMs?: number;
  /**
   * Limits of the wait for a reply before the command is sent again. The wait adapts to the measured round trips and to late replies. A reply that comes
   * after the wait costs one packet each way and nothing else. Default 4 to 1000.
   */
  readonly shortestWaitMs?: number;
  readonly longestWaitMs?: number;
  /**
   * The protocol settings to request. Default: those that the transport prefers, otherwise all of them on and the camera's largest payload.
   * `Camera.negotiate` changes them later. Without `ack`, the camera does not repeat lost packets, and the library reads the lost data again.
   * Without `events`, the library polls. Without `crc`, damaged packets are not noticed. Without `seq`, a command that changes something is sent
   * only once and ends with `OUTCOME_UNKNOWN` more often. Keep `crc` and `seq` on unless the connection is reliable.
   */
  readonly capabilities?: Partial<Capabilities>;
  /**
   * The source of time, also for `receivedAt` of frames and events. Default: the platform's timers, and the clock of `monotonicScheduler` for
   * `receivedAt`. That clock follows the computer's clock and never goes back; its unit is milliseconds since 1970, with fractions.
   */
  readonly scheduler?: SchedulerLike;
}

/** {@link CameraOptions} with all defaults filled in. */
export type CameraSettings = Required<CameraOptions>;

/** @throws {OpenMVError} `INVALID_ARGUMENT` if a time is negative or not a number, `maxPayload` is below 50, or `reconnect` is unknown. */
export function cameraSettings(options: CameraOptions, preferred: Preferences = {}): CameraSettings {
  requireOptions('Camera', options, DEFAULTS);
  const settings: Mutable<CameraSettings> = { ...DEFAULTS, ...given(options) };
  settings.scheduler = steadied(settings.scheduler);
  settings.capabilities = { ...given(preferred), ...given(settings.capabilities) };
  requireOneOf('reconnect', settings.reconnect, ['after-ready', 'always', 'never']);
  for (const name of TIMES) {
    requireNumber(name, settings[name], 0);
    settings[name] = Math.min(settings[name], LONGEST_MS);
  }
  requireCapabilities(settings.capabilities);
  return settings;
}

const DEFAULTS: CameraSettings = {
  reconnect: 'after-ready',
  openTimeoutMs: 4000,
  commandTimeoutMs: 4000,
  frameTimeoutMs: 5000,
  closeAfterMs: 1000,
  shortestWaitMs: 4,
  longestWaitMs: 1000,
  capabilities: {},
  scheduler: steadyScheduler,
};

/** Half of the longest time that a timer of the platform can wait; a longer timer fires at once. */
const LONGEST_MS = 0x3fff_ffff;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const TIMES = [
  'openTimeoutMs',
  'commandTimeoutMs',
  'frameTimeoutMs',
  'closeAfterMs',
  'shortestWaitMs',
  'longestWaitMs',
] as const;

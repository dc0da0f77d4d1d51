import type { SchedulerLike } from 'rxjs';
import { requireOptions, type OptionNames } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import type { Capabilities } from '../wire/payloads/index.js';
import type { Preferences } from '../transport/transport.js';
import { steadied, steadyScheduler } from './monotonic-scheduler.js';
import { requireCapabilities } from './session/negotiation.js';

/** Options of a `Camera`. Times are in milliseconds; what is over twelve days, as `Infinity`, is taken for that. */
export interface CameraOptions {
  /**
   * What to do when the link can't be opened or is lost.
   *
   * - `'after-ready'` (default): an opening that fails is an error for everything that is subscribed to; once the camera
   *   was ready, a lost link is opened again with back-off, and subscriptions live on;
   * - `'always'`: the first opening is tried again, too, for programs that start before the camera is there;
   * - `'never'`: any loss is an error.
   */
  readonly reconnect?: 'after-ready' | 'always' | 'never';
  /** Within which the port opens and the camera answers the whole handshake. Default 4000. */
  readonly openTimeoutMs?: number;
  /**
   * Within which a command is answered, without the time its own data take, 1 ms for each 10 bytes. An operation on a
   * channel waits as long once more, from its turn on, for the link and the channel to be there. A camera that is silent
   * keeps its session for `openTimeoutMs` more: it may only be late. Default 4000.
   */
  readonly commandTimeoutMs?: number;
  /** How long `readFrame()` waits for the camera to have a frame. Default 5000. */
  readonly frameTimeoutMs?: number;
  /**
   * How long the link stays open after the last subscription went, and the stream on after the last subscriber of `frames$`.
   * A second `Camera` on the same port ends both at once. Default 1000.
   */
  readonly closeAfterMs?: number;
  /**
   * Limits of the wait for a reply before its command is sent again. The wait follows the round trips seen, and replies that
   * were late; a reply that comes later still costs a packet each way and nothing else. Default 4 to 1000.
   */
  readonly shortestWaitMs?: number;
  readonly longestWaitMs?: number;
  /**
   * What to ask of the protocol. Default: what the transport prefers, else all of it on, and the largest payload that the
   * camera has; `Camera.negotiate` changes it. Without `ack` the camera repeats nothing, and what was lost is read again;
   * without `events` everything is found out by asking. Without `crc` damage is not noticed, and without `seq` a command that
   * changes something is sent once, so that more of them end as `OUTCOME_UNKNOWN`: leave both on unless the way is sure.
   */
  readonly capabilities?: Partial<Capabilities>;
  /**
   * Where time comes from, `receivedAt` of frames and events too. Default: the platform's timers, and for `receivedAt` the clock of
   * `monotonicScheduler`: milliseconds since 1970 in fractions, which never go back and follow the computer's clock.
   */
  readonly scheduler?: SchedulerLike;
}

/** {@link CameraOptions} with nothing left open. */
export type CameraSettings = Required<CameraOptions>;

/** @throws {OpenMVError} `INVALID_ARGUMENT` when a time is negative or no number, `maxPayload` under 50, or `reconnect` no such word. */
export function cameraSettings(options: CameraOptions, preferred: Preferences = {}): CameraSettings {
  requireOptions('Camera', options, KNOWN);
  const settings: Mutable<CameraSettings> = { ...DEFAULTS, ...given(options) };
  settings.scheduler = steadied(settings.scheduler);
  settings.capabilities = { ...given(preferred), ...given(settings.capabilities) };
  if (!RECONNECT.has(settings.reconnect)) {
    throw new OpenMVError(
      'INVALID_ARGUMENT',
      `reconnect is one of ${[...RECONNECT].join(', ')}, not ${settings.reconnect}`,
    );
  }
  for (const name of TIMES) {
    if (!(settings[name] >= 0))
      throw new OpenMVError('INVALID_ARGUMENT', `${name} is milliseconds, not ${settings[name]}`);
    settings[name] = Math.min(settings[name], LONGEST_MS);
  }
  requireCapabilities(settings.capabilities);
  return settings;
}

/** Without what is `undefined`, which means that it was not given. */
function given<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
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

const RECONNECT: ReadonlySet<string> = new Set(['after-ready', 'always', 'never']);

/** Half of what a timer of the platform can wait; longer ones than that fire at once. */
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

const KNOWN: OptionNames<CameraOptions> = {
  reconnect: true,
  openTimeoutMs: true,
  commandTimeoutMs: true,
  frameTimeoutMs: true,
  closeAfterMs: true,
  shortestWaitMs: true,
  longestWaitMs: true,
  capabilities: true,
  scheduler: true,
};

import type { SchedulerLike } from 'rxjs';
import { requireFlag, requireOptions, requirePath, requireScheduler, type OptionNames } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { steadied } from '../../host/monotonic-scheduler.js';

/**
 * How fast time passes in a recording that is played: `1` as it was recorded, `2` twice as fast; `'fast'`, each thing when the host
 * has read the one before it; `'step'`, on `replay.step()`.
 */
export type ReplaySpeed = number | 'fast' | 'step';

/** How a recording is played. */
export interface ReplayOptions {
  /** How fast, until `replay.setSpeed()` says otherwise. Default 1. */
  readonly speed?: ReplaySpeed;
  /** Where it begins, in milliseconds from its first entry. What the camera's channels held until then they hold. Default 0. */
  readonly fromMs?: number;
  /** Whether it begins anew behind its end, ten times a second at most. Default `false`. */
  readonly loop?: boolean;
  /**
   * Whether the camera stays behind the last entry, silent, so that `seek()` can go back. Default `false`: `open()` completes there,
   * and so do `frames$` and all else that a `Camera` over it shares.
   */
  readonly stay?: boolean;
  /** What the transport is called. Default: the path of the file. */
  readonly name?: string;
  /** Where time comes from. Default: as of a `Camera`. */
  readonly scheduler?: SchedulerLike;
}

/** {@link ReplayOptions} with nothing left open. */
export type ReplaySettings = Required<ReplayOptions>;

/** @throws {OpenMVError} `INVALID_ARGUMENT` that names the option. */
export function replaySettings(file: string, options: ReplayOptions): ReplaySettings {
  requireOptions('replay', options, KNOWN);
  const { speed = 1, fromMs = 0, loop = false, stay = false, name = file } = options;
  requirePath('file', file);
  requireFlag('loop', loop);
  requireFlag('stay', stay);
  if (typeof name !== 'string') throw new OpenMVError('INVALID_ARGUMENT', `name must be text, not ${String(name)}`);
  requireScheduler(options.scheduler);
  checkSpeed(speed);
  if (!(typeof fromMs === 'number' && fromMs >= 0))
    throw new OpenMVError('INVALID_ARGUMENT', `fromMs is milliseconds, not ${fromMs}`);
  return { speed, fromMs, loop, stay, name, scheduler: steadied(options.scheduler) };
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` */
export function checkSpeed(speed: ReplaySpeed): void {
  if (!(speed === 'fast' || speed === 'step' || (typeof speed === 'number' && speed > 0 && speed < Infinity))) {
    throw new OpenMVError('INVALID_ARGUMENT', `speed is a number above 0, 'fast' or 'step', not ${speed}`);
  }
}

const KNOWN: OptionNames<ReplayOptions> = {
  speed: true,
  fromMs: true,
  loop: true,
  stay: true,
  name: true,
  scheduler: true,
};

import type { SchedulerLike } from 'rxjs';
import {
  requireFlag,
  requireOptions,
  requirePath,
  requireScheduler,
  type OptionNames,
  requireNumber,
  requireArgument,
} from '../../arguments.js';
import { steadied } from '../../host/monotonic-scheduler.js';

/**
 * The speed of a replay: `1` as recorded, `2` twice as fast; `'fast'` plays each entry when the host has read the one before it;
 * `'step'` plays frames on `replay.step()`.
 */
export type ReplaySpeed = number | 'fast' | 'step';

/** Options of `replay`. */
export interface ReplayOptions {
  /** The speed until `replay.setSpeed()` changes it. Default 1. */
  readonly speed?: ReplaySpeed;
  /** The start position, in milliseconds from the first entry. Channels start with the values that they held there. Default 0. */
  readonly fromMs?: number;
  /** Starts again after the end, at most ten times a second. Default `false`. */
  readonly loop?: boolean;
  /**
   * Keeps the camera connected but silent after the last entry, so that `seek()` can go back. Default `false`: after the last
   * entry `open()` completes, and so do the hot Observables of a `Camera` that uses it.
   */
  readonly stay?: boolean;
  /** The name of the transport. Default: the path of the file. */
  readonly name?: string;
  /** The source of time. Default: the same as that of a `Camera`. */
  readonly scheduler?: SchedulerLike;
}

/** {@link ReplayOptions} with all defaults. */
export type ReplaySettings = Required<ReplayOptions>;

/** @throws {OpenMVError} `INVALID_ARGUMENT` that names the option. */
export function replaySettings(file: string, options: ReplayOptions): ReplaySettings {
  requireOptions('replay', options, KNOWN);
  const { speed = 1, fromMs = 0, loop = false, stay = false, name = file } = options;
  requirePath('file', file);
  requireFlag('loop', loop);
  requireFlag('stay', stay);
  requireArgument(typeof name === 'string', 'name must be text', name);
  requireScheduler(options.scheduler);
  checkSpeed(speed);
  requireNumber('fromMs', fromMs, 0);
  return { speed, fromMs, loop, stay, name, scheduler: steadied(options.scheduler) };
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` */
export function checkSpeed(speed: ReplaySpeed): void {
  const isSpeed = speed === 'fast' || speed === 'step' || (typeof speed === 'number' && speed > 0 && speed < Infinity);
  requireArgument(isSpeed, "speed must be a number above 0, 'fast' or 'step'", speed);
}

const KNOWN: OptionNames<ReplayOptions> = {
  speed: true,
  fromMs: true,
  loop: true,
  stay: true,
  name: true,
  scheduler: true,
};

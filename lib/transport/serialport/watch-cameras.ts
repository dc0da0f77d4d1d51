import { asyncScheduler, type Observable, type SchedulerLike } from 'rxjs';
import { requireOptions, type OptionNames } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { type CameraChange, cameraChanges } from './camera-changes.js';
import { cameraPorts } from './camera-ports.js';

/** What {@link watchCameras} may be told. */
export interface WatchCamerasOptions {
  /** How long to wait from one look to the next, in milliseconds. Default 1000. */
  readonly periodMs?: number;
  /** Told why, when the system begins to fail to list its ports. Default: nobody is. */
  readonly onUnlistable?: (error: OpenMVError) => void;
  /** Where time comes from. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** What a timer of the platform can wait; a longer one fires at once. */
const LONGEST_MS = 0x7fff_ffff;

/**
 * Cameras as they are plugged in and unplugged, or go into their bootloader and come out of it.
 *
 * Cold: each subscription looks by itself, at once and then again `periodMs` after each answer, so that looks never
 * overlap; unsubscribing ends that. Emits one change for each camera: those that are there already arrive with the first
 * look, and a camera that is another than before at the same path departs before it arrives. Holds the last list. One that
 * goes and comes back between two looks is not noticed. Never completes and never errors: a look that fails changes
 * nothing, and the first of several is told to `onUnlistable` with `PORT_UNAVAILABLE`.
 *
 * On Linux each look runs `udevadm`, which takes some 10 ms of a processor.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the period is not above 0, or over 24 days.
 *
 * @example
 * ```ts
 * import { watchCameras } from 'openmv-rx/serialport';
 *
 * watchCameras().subscribe(({ kind, port, present }) => {
 *   console.log(port.board, kind, `${present.length} in all`);
 * });
 * ```
 */
export function watchCameras(options: WatchCamerasOptions = {}): Observable<CameraChange> {
  requireOptions('watchCameras', options, KNOWN);
  const { periodMs = 1000, onUnlistable = () => undefined, scheduler = asyncScheduler } = options;
  if (!(periodMs > 0 && periodMs <= LONGEST_MS))
    throw new OpenMVError('INVALID_ARGUMENT', `periodMs is milliseconds above 0, not ${periodMs}`);
  return cameraChanges({ list: () => cameraPorts(), periodMs, onUnlistable, scheduler });
}

const KNOWN: OptionNames<WatchCamerasOptions> = { periodMs: true, onUnlistable: true, scheduler: true };

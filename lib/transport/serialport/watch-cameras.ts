import { asyncScheduler, type Observable, type SchedulerLike } from 'rxjs';
import { requireOptions, type OptionNames, requireInterval } from '../../arguments.js';
import type { OpenMVError } from '../../errors.js';
import { type CameraChange, cameraChanges } from './camera-changes.js';
import { cameraPorts } from './list-cameras.js';

/** Options of {@link watchCameras}. */
export interface WatchCamerasOptions {
  /** The pause between two polls, in milliseconds. Default 1000. */
  readonly periodMs?: number;
  /** Called with the reason when the system stops being able to list its ports. Default: ignored. */
  readonly onUnlistable?: (error: OpenMVError) => void;
  /** The scheduler of the timer. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Watches cameras as they are plugged in and unplugged, or enter and leave their bootloader.
 *
 * Cold: each subscription polls the system at once, and again `periodMs` after each answer, so that polls never overlap.
 * Emits one change for each camera. The first poll reports the cameras that are already plugged in as arrived. If another camera
 * appears at the same path, the old one departs before the new one arrives. A camera that leaves and returns between two polls is not
 * noticed. Never completes and never errors: a failed poll changes nothing, and the first of several in a row is passed to
 * `onUnlistable` as `PORT_UNAVAILABLE`. Holds the last list.
 *
 * On Linux each poll runs `udevadm`, which takes about 10 ms of processor time.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the period is not above 0, or is over 24 days.
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
  requireInterval('periodMs', periodMs);
  return cameraChanges({ list: () => cameraPorts(), periodMs, onUnlistable, scheduler });
}

const KNOWN: OptionNames<WatchCamerasOptions> = { periodMs: true, onUnlistable: true, scheduler: true };

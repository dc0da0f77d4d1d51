import { catchError, type Observable, of } from 'rxjs';
import { requireOptions, type OptionNames } from '../../arguments.js';
import { type OpenMVError } from '../../errors.js';
import { type CameraPort, cameraPorts } from './camera-ports.js';

/** What {@link listCameras} may be told. */
export interface ListCamerasOptions {
  /** Told why, when the system can't list its ports and the list is therefore empty. Default: nobody is. */
  readonly onUnlistable?: (error: OpenMVError) => void;
}

/**
 * The cameras that are plugged in now, told from other serial ports by their USB ids (PROTOCOL 12).
 *
 * Cold: each subscription asks the system, emits one list sorted by path, and completes; unsubscribing ignores the
 * answer. Never errors: where the system can't list its ports (a Linux without `udevadm`, a container) the list is
 * empty and `onUnlistable` gets a `PORT_UNAVAILABLE` error that says why. Cameras at a UART have no USB id and are not
 * in the list.
 *
 * @example
 * ```ts
 * import { listCameras } from 'openmv-rx/serialport';
 *
 * listCameras().subscribe((cameras) => {
 *   for (const { path, board } of cameras) console.log(path, board);
 * });
 * ```
 */
export function listCameras(options: ListCamerasOptions = {}): Observable<CameraPort[]> {
  requireOptions('listCameras', options, KNOWN);
  return cameraPorts().pipe(
    catchError((error: OpenMVError) => {
      options.onUnlistable?.(error);
      return of([]);
    }),
  );
}

const KNOWN: OptionNames<ListCamerasOptions> = { onUnlistable: true };

import { catchError, defer, map, type Observable, of } from 'rxjs';
import { SerialPort } from 'serialport';
import { messageOf, OpenMVError } from '../../errors.js';
import { boardOf } from '../../boards.js';

/** A camera that is plugged in. */
export interface CameraPort {
  /** What `serialPort()` takes. */
  readonly path: string;
  /** The board's name, for people. */
  readonly board: string;
  /** The serial number of its USB interface, if the system knows it. */
  readonly serialNumber: string | undefined;
  /** Whether it waits in its bootloader, where it can't be talked to with this library. */
  readonly bootloader: boolean;
}

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
  return defer(() => SerialPort.list()).pipe(
    map((ports) =>
      ports
        .flatMap(({ path, vendorId, productId, serialNumber }) => {
          const known = boardOf(vendorId, productId);
          return known ? [{ path, ...known, serialNumber }] : [];
        })
        .sort((a, b) => a.path.localeCompare(b.path)),
    ),
    catchError((cause: unknown) => {
      const why = `this system can't list its serial ports: ${messageOf(cause)}`;
      options.onUnlistable?.(new OpenMVError('PORT_UNAVAILABLE', why, { cause }));
      return of([]);
    }),
  );
}

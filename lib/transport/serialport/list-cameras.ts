import { catchError, defer, map, type Observable, of, throwError } from 'rxjs';
import { SerialPort } from 'serialport';
import { requireOptions, type OptionNames } from '../../arguments.js';
import { boardOf } from '../../boards.js';
import { messageOf, OpenMVError } from '../../errors.js';

/** A camera that is plugged in. */
export interface CameraPort {
  /** The path to pass to `serialPort()`. */
  readonly path: string;
  /** The board's name, for people. */
  readonly board: string;
  /** The serial number of its USB interface, if the system knows it. */
  readonly serialNumber: string | undefined;
  /** True if the camera is in its bootloader, which uses another protocol. */
  readonly bootloader: boolean;
}

/** Options of {@link listCameras}. */
export interface ListCamerasOptions {
  /** Called with the reason when the list is empty because the system can't list its ports. Default: ignored. */
  readonly onUnlistable?: (error: OpenMVError) => void;
}

/**
 * Lists the cameras that are plugged in now, recognised by their USB ids (PROTOCOL 12).
 *
 * Cold: each subscription asks the system, emits one list sorted by path, and completes; unsubscribing ignores the
 * answer. Never errors: if the system can't list its ports (a Linux without `udevadm`, a container), the list is
 * empty and `onUnlistable` gets a `PORT_UNAVAILABLE` error with the reason. A camera at a UART has no USB id and is not
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

/** A port as the package `serialport` lists it. */
export type ListedPort = Awaited<ReturnType<(typeof SerialPort)['list']>>[number];

/** Emits the cameras among the serial ports, sorted by path. Errors with `PORT_UNAVAILABLE` if the system can't list its ports. */
export function cameraPorts(list: () => Promise<readonly ListedPort[]> = SerialPort.list): Observable<CameraPort[]> {
  return defer(list).pipe(
    map((ports) => ports.flatMap(cameraAt).sort((a, b) => a.path.localeCompare(b.path))),
    catchError((cause: unknown) => {
      const why = `this system can't list its serial ports: ${messageOf(cause)}`;
      return throwError(() => new OpenMVError('PORT_UNAVAILABLE', why, { cause }));
    }),
  );
}

function cameraAt({ path, vendorId, productId, serialNumber }: ListedPort): CameraPort[] {
  const known = boardOf(vendorId, productId);
  return known ? [{ path, ...known, serialNumber }] : [];
}

const KNOWN: OptionNames<ListCamerasOptions> = { onUnlistable: true };

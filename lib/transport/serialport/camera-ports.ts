import { catchError, defer, map, type Observable, throwError } from 'rxjs';
import { SerialPort } from 'serialport';
import { boardOf } from '../../boards.js';
import { messageOf, OpenMVError } from '../../errors.js';

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

/** What the package `serialport` says of a port. */
export type ListedPort = Awaited<ReturnType<(typeof SerialPort)['list']>>[number];

/** The cameras among the serial ports, sorted by path. Errors with `PORT_UNAVAILABLE` where the system can't list them. */
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

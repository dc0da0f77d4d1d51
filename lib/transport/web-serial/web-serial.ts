import { defer, switchMap, tap, throwError } from 'rxjs';
import { hasMethods, requireArgument } from '../../arguments.js';
import type { Transport } from '../transport.js';
import { boardAt, chosenPort, notingOthers } from './choose-port.js';
import { unsupported } from './failures.js';
import { openedPort } from './port-connection.js';
import { NAME } from './requested-port.js';
import { platformSerial, type WebSerialPort } from './web-serial-like.js';

/**
 * A camera at a serial port of the browser: Chrome, Edge and Opera on a computer, in a page from `https:` or
 * localhost, or in its worker.
 *
 * `open()` is cold. Without `port` it opens a camera that the user granted to the site before, without asking. If there is none,
 * it shows the browser's list of ports, which contains only cameras; then you must subscribe in a click
 * or key handler. A worker can't ask, so call `requestCameraPort()` in the page first. The port is then opened
 * at 921600 baud with DTR asserted (PROTOCOL 12) and a buffer of 64 KiB, and one connection is emitted; it never completes.
 * Unsubscribing closes the port, even while it is still opening, and drops the bytes that are written and not sent yet. You can
 * subscribe again at once.
 *
 * The port is read all the time, even if nobody is subscribed to `bytes$`. `write()` starts at once and completes
 * when the browser has accepted the bytes. Waiting writes are held without a limit.
 *
 * Errors with `PORT_UNAVAILABLE` when there is no Web Serial, no camera was chosen, or the port can't be opened, for example because it
 * is in use; the message says what to try. Errors with `LINK_LOST` when the camera is unplugged or restarts. After it has been open
 * once, `open()` does not ask again: it opens the same camera, or waits until that camera is plugged in.
 *
 * A camera that is plugged in again may be a new port, and the browser reveals only its USB id. A new port with the same id counts as
 * the same camera. A port that was plugged in together with the camera is another camera of the same kind, and is never opened.
 *
 * @param port from `requestCameraPort()` or `navigator.serial.getPorts()`; the first opening uses only this port
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { webSerial } from 'openmv-rx/web-serial';
 *
 * const camera = new Camera(webSerial());
 * document.querySelector('button')!.addEventListener('click', () => {
 *   camera.frames$.subscribe((frame) => console.log(frame.width, frame.height));
 * });
 * ```
 */
export function webSerial(port?: WebSerialPort): Transport {
  const isPort = port === undefined || hasMethods(port, 'open', 'getInfo');
  requireArgument(isPort, 'webSerial takes a port that the browser gave, or nothing', port);
  const board = port && boardAt(port);
  const name = board === undefined ? NAME : `${NAME} (${board})`;
  let last: WebSerialPort | undefined;
  const others = new WeakSet<WebSerialPort>();
  return {
    name,
    ...(port && { port }),
    open: () =>
      defer(() => {
        const serial = platformSerial();
        if (!serial) return throwError(() => unsupported(name));
        return chosenPort(serial, name, { given: port, last, others }).pipe(
          switchMap((chosen) =>
            openedPort(serial, name, chosen).pipe(
              tap(() => (last = chosen)),
              notingOthers(serial, chosen, others),
            ),
          ),
        );
      }),
  };
}

import { defer, switchMap, tap, throwError } from 'rxjs';
import { hasMethods, requireArgument } from '../../arguments.js';
import type { Transport } from '../transport.js';
import { boardAt } from './camera-ids.js';
import { chosenPort, notingOthers } from './choose-port.js';
import { unsupported } from './failures.js';
import { openedPort } from './open-port.js';
import { NAME } from './requested-port.js';
import { platformSerial, type WebSerialPort } from './web-serial-like.js';

/**
 * A camera at a serial port of the browser: Chrome, Edge and Opera on a computer, in a page that came by `https:` or from
 * localhost, or in its worker.
 *
 * `open()` is cold. Without `port` it takes a camera that the site was granted before, without asking; where there is none
 * it shows the browser's list of ports, with nothing but cameras in it, for which it has to be subscribed to in the handler
 * of a click or a key. A worker can't ask: there `requestCameraPort()` is called in the page before. Then the port is opened
 * at 921600 baud with DTR asserted (PROTOCOL 12) and a buffer of 64 KiB, and one connection is emitted; it never completes.
 * Unsubscribing closes the port, also while it is still being opened, and drops what is written and not sent yet. It can be
 * subscribed to again at once.
 *
 * The port is read all the time, whether anyone is subscribed to `bytes$` or not. `write()` starts at once and completes
 * when the browser has taken the bytes; writes that wait are held without a limit.
 *
 * Errors with `PORT_UNAVAILABLE` when there is no Web Serial, no camera was chosen, or the port does not open, such as one
 * that is in use, and says what to try; with `LINK_LOST` when the camera is unplugged or restarts. When it has been open
 * once, `open()` does not ask any more: it takes the camera where it was, or waits for as long as it is subscribed to.
 *
 * A camera that is plugged in again may be another port, and all that a browser tells of it is its USB id. A port with the same id is
 * taken for it that was not there while the camera was: a second camera of its kind, which was, is never taken.
 *
 * @param port as `requestCameraPort()` or `navigator.serial.getPorts()` gave it; the first opening takes no other
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

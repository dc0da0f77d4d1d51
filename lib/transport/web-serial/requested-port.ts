import { Observable } from 'rxjs';
import { CAMERA_USB_IDS } from '../../boards.js';
import { unchosen, ungranted, unsupported } from './failures.js';
import { platformSerial, type WebSerialLike, type WebSerialPort } from './web-serial-like.js';

/** The browser's list shows cameras, except those in their bootloader (PROTOCOL 12). */
const CAMERA_FILTERS = CAMERA_USB_IDS.map(({ vendorId, productId }) => ({
  usbVendorId: vendorId,
  usbProductId: productId,
}));

/** Emits the port that the user chooses in the browser's list. Unsubscribing ignores the choice; the list stays open. */
export function requestedPort(serial: WebSerialLike, name: string): Observable<WebSerialPort> {
  return new Observable((subscriber) => {
    if (!serial.requestPort) {
      subscriber.error(ungranted(name));
      return;
    }
    serial.requestPort({ filters: CAMERA_FILTERS }).then(
      (port) => {
        subscriber.next(port);
        subscriber.complete();
      },
      (cause: unknown) => subscriber.error(unchosen(name, cause)),
    );
  });
}

/**
 * Lets the user choose a camera in the browser's list, which shows only cameras. Use it if a worker opens the camera,
 * or if the page has several cameras. Otherwise `webSerial()` asks by itself, if the site has not been granted a camera before.
 *
 * Cold: each subscription shows the list, and must happen in a click or key handler. Emits the port and
 * completes. Errors with `PORT_UNAVAILABLE` when the user chooses nothing, when it is not called in such a handler, or when the browser
 * has no Web Serial.
 *
 * @example
 * ```ts
 * import { requestCameraPort } from 'openmv-rx/web-serial';
 *
 * document.querySelector('button')!.addEventListener('click', () => {
 *   requestCameraPort().subscribe(() => new Worker('camera-worker.js')); // it calls webSerial()
 * });
 * ```
 */
export function requestCameraPort(): Observable<WebSerialPort> {
  return new Observable((subscriber) => {
    const serial = platformSerial();
    if (serial) return requestedPort(serial, NAME).subscribe(subscriber);
    subscriber.error(unsupported(NAME));
    return undefined;
  });
}

export const NAME = 'Web Serial';

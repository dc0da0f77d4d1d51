import { Observable } from 'rxjs';
import { CAMERA_FILTERS } from './camera-ids.js';
import { unchosen, ungranted, unsupported } from './failures.js';
import { platformSerial, type WebSerialLike, type WebSerialPort } from './web-serial-like.js';

/** The port that the person chooses in the browser's list. Unsubscribing ignores the choice; the list stays. */
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
 * Lets the person choose a camera in the browser's list, which shows no other devices: for a page whose worker opens it,
 * or that has several cameras. `webSerial()` does it by itself where no camera has been granted to the site before.
 *
 * Cold: each subscription shows the list, and has to happen in the handler of a click or a key. Emits the port and
 * completes. Errors with `PORT_UNAVAILABLE` when nothing was chosen, when it is no such handler, or the browser has no Web
 * Serial.
 *
 * @example
 * ```ts
 * import { requestCameraPort } from 'openmv-rx/web-serial';
 *
 * document.querySelector('button')!.addEventListener('click', () => {
 *   requestCameraPort().subscribe(() => new Worker('camera-worker.js')); // which calls webSerial()
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

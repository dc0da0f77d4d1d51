import { Observable } from 'rxjs';
import type { Connection } from '../transport.js';
import { unopened } from './failures.js';
import { Session } from './session.js';
import type { WebSerialLike, WebSerialPort } from './web-serial-like.js';

/** The rate at which a camera speaks the protocol, if DTR is asserted (PROTOCOL 12). */
const BAUD_RATE = 921_600;
/** What the browser holds for a page that is busy: for more than the 256 bytes of the default, a camera would wait. */
const BUFFER_BYTES = 65_536;

/** Ports that are being closed, behind the unsubscription's back. */
const releasing = new WeakMap<WebSerialPort, Promise<void>>();

/** The port, opened. Cold; each subscription opens it, and its teardown closes it. */
export function openedPort(serial: WebSerialLike, name: string, port: WebSerialPort): Observable<Connection> {
  return new Observable((subscriber) => {
    let session: Session | undefined;
    const opening = openUnless(() => subscriber.closed, port);
    const unplugged = ({ target }: { target: unknown }): void => {
      if (target === port) session?.lose();
    };
    serial.addEventListener('disconnect', unplugged);
    subscriber.add(() => {
      serial.removeEventListener('disconnect', unplugged);
      const closed = session?.close() ?? opening.then((opened) => (opened ? port.close() : undefined));
      const all = Promise.allSettled([releasing.get(port), closed]).then(nothing);
      releasing.set(port, all);
    });
    opening.then(
      (opened) => {
        if (!opened || subscriber.closed) return;
        session = new Session(name, port, (error) => subscriber.error(error));
        subscriber.next(session);
        session.start();
      },
      (cause: unknown) => subscriber.error(unopened(name, cause)),
    );
  });
}

async function openUnless(given: () => boolean, port: WebSerialPort): Promise<boolean> {
  await releasing.get(port);
  if (given()) return false;
  await port.open({ baudRate: BAUD_RATE, bufferSize: BUFFER_BYTES });
  try {
    await port.setSignals({ dataTerminalReady: true, requestToSend: true });
    return true;
  } catch (error) {
    await port.close().catch(nothing);
    throw error;
  }
}

function nothing(): void {
  return undefined;
}

import { concatMap, filter, from, merge, type MonoTypeOperatorFunction, Observable, of, switchMap, take } from 'rxjs';
import { boardOf } from '../../boards.js';
import { unchosen } from './failures.js';
import { requestedPort } from './requested-port.js';
import type { WebSerialLike, WebSerialPort } from './web-serial-like.js';

/** The known ports, from which the port to open is chosen. */
export interface Wanted {
  /** The port that the program passed. */
  readonly given: WebSerialPort | undefined;
  /** The port that was open the last time. */
  readonly last: WebSerialPort | undefined;
  /** The ports that were plugged in at the same time as that one. They are other cameras, so they can't replace it. */
  readonly others: WeakSet<WebSerialPort>;
}

/**
 * Emits the port to open and completes.
 *
 * | known | plugged in | not plugged in |
 * |---|---|---|
 * | a port that was open | that port, or its replacement | wait until it is plugged in |
 * | a port that was passed | that port | that port; opening it reports the reason |
 * | nothing | a camera that was granted | ask the user |
 */
export function chosenPort(
  serial: WebSerialLike,
  name: string,
  { given, last, others }: Wanted,
): Observable<WebSerialPort> {
  if (given && !last) return of(given);
  // A camera that is plugged in again is a new port. It has the same USB id, and was not there before.
  const fits = (port: WebSerialPort): boolean =>
    last ? isSameKind(port, last) && !others.has(port) : boardAt(port) !== undefined;
  const available = (): Promise<WebSerialPort | undefined> =>
    availablePort(serial, last, fits).catch((cause: unknown) => {
      throw unchosen(name, cause);
    });
  if (last)
    return merge(of(undefined), arrivals(serial)).pipe(
      concatMap(available),
      filter((port) => port !== undefined),
      take(1),
    );
  return from(available()).pipe(switchMap((port) => (port ? of(port) : requestedPort(serial, name))));
}

/** Notes the other ports that are plugged in while one is open. */
export function notingOthers<T>(
  serial: WebSerialLike,
  open: WebSerialPort,
  others: WeakSet<WebSerialPort>,
): MonoTypeOperatorFunction<T> {
  return (opened$) =>
    new Observable((subscriber) => {
      others.delete(open);
      const note = (port: WebSerialPort): void => {
        if (port !== open && port.connected !== false) others.add(port);
      };
      const arrived = ({ target }: { target: unknown }): void => note(target as WebSerialPort);
      serial.addEventListener('connect', arrived);
      subscriber.add(() => serial.removeEventListener('connect', arrived));
      serial.getPorts().then(
        (ports) => ports.forEach(note),
        () => undefined,
      );
      subscriber.add(opened$.subscribe(subscriber));
    });
}

async function availablePort(
  serial: WebSerialLike,
  known: WebSerialPort | undefined,
  fits: (port: WebSerialPort) => boolean,
): Promise<WebSerialPort | undefined> {
  const ports = (await serial.getPorts()).filter(({ connected }) => connected !== false);
  if (known && ports.includes(known)) return known;
  const fitting = ports.filter(fits);
  return fitting.find(({ readable }) => readable === null) ?? fitting[0];
}

function arrivals(serial: WebSerialLike): Observable<undefined> {
  return new Observable((subscriber) => {
    const arrived = (): void => subscriber.next(undefined);
    serial.addEventListener('connect', arrived);
    return () => serial.removeEventListener('connect', arrived);
  });
}

/** The board's name, if the port is a camera that speaks the protocol. */
export function boardAt(port: WebSerialPort): string | undefined {
  const { usbVendorId, usbProductId } = port.getInfo();
  const known = boardOf(hex(usbVendorId), hex(usbProductId));
  return known?.bootloader === false ? known.board : undefined;
}

/** Tells whether two ports have the same USB id, which is all that a browser reveals. */
function isSameKind(one: WebSerialPort, other: WebSerialPort): boolean {
  const [a, b] = [one.getInfo(), other.getInfo()];
  return a.usbVendorId === b.usbVendorId && a.usbProductId === b.usbProductId;
}

function hex(id: number | undefined): string | undefined {
  return id?.toString(16).padStart(4, '0');
}

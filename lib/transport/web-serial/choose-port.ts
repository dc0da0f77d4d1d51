import { concatMap, filter, from, merge, type MonoTypeOperatorFunction, Observable, of, switchMap, take } from 'rxjs';
import { boardAt, isSameKind } from './camera-ids.js';
import { unchosen } from './failures.js';
import { requestedPort } from './requested-port.js';
import type { WebSerialLike, WebSerialPort } from './web-serial-like.js';

/** Which port is to be opened. */
export interface Wanted {
  /** The one that the program named. */
  readonly given: WebSerialPort | undefined;
  /** The one that was open the last time. */
  readonly last: WebSerialPort | undefined;
  /** Those that were there beside that one: other cameras, which are no replacement. */
  readonly others: WeakSet<WebSerialPort>;
}

/**
 * The port to open: emits one and completes.
 *
 * | known | there | not there |
 * |---|---|---|
 * | one that was open | that one, or what came in its place | wait until it is plugged in |
 * | one that was given | that one | that one, whose opening says why not |
 * | nothing | a camera that was granted | ask the person |
 */
export function chosenPort(
  serial: WebSerialLike,
  name: string,
  { given, last, others }: Wanted,
): Observable<WebSerialPort> {
  if (given && !last) return of(given);
  // A camera that is plugged in again is another port, and all that tells it is its kind, and that it was not there before.
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

/** Notes the ports that are there, and those that come, while one is open. */
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

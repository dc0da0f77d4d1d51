import { concatMap, filter, from, map, merge, Observable, of, switchMap, take } from 'rxjs';
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
}

/**
 * The port to open: emits one and completes.
 *
 * | known | there | not there |
 * |---|---|---|
 * | one that was open | that one, or what came in its place | wait until it is plugged in |
 * | one that was given | that one, or what came in its place | that one, whose opening says why not |
 * | nothing | a camera that was granted | ask the person |
 */
export function chosenPort(serial: WebSerialLike, name: string, { given, last }: Wanted): Observable<WebSerialPort> {
  const known = last ?? given;
  // A camera that is plugged in again is another port, and all that tells it is its kind.
  const fits = (port: WebSerialPort): boolean => (known ? isSameKind(port, known) : boardAt(port) !== undefined);
  const available = (): Promise<WebSerialPort | undefined> =>
    availablePort(serial, known, fits).catch((cause: unknown) => {
      throw unchosen(name, cause);
    });
  if (last)
    return merge(of(undefined), arrivals(serial)).pipe(
      concatMap(available),
      filter((port) => port !== undefined),
      take(1),
    );
  return from(available()).pipe(
    map((port) => port ?? given),
    switchMap((port) => (port ? of(port) : requestedPort(serial, name))),
  );
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

import { type Connection, type Transport } from 'openmv-rx';
import {
  concatMap,
  finalize,
  fromEvent,
  ignoreElements,
  map,
  merge,
  ReplaySubject,
  share,
  switchMap,
  take,
  takeUntil,
  tap,
  type Observable,
} from 'rxjs';
import { type MessageEvent, type WebSocket } from 'ws';

/** More than this waiting in one direction means that the other side has stopped taking it. */
const mostWaitingBytes = 16 << 20;

/**
 * Carries bytes both ways between a page and the camera, whose port is held while this is subscribed.
 *
 * Emits nothing. Completes when the page has gone; errors when the port can't be opened or is lost, and when one side
 * takes bytes so slowly that more than 16 MB wait. (A page asks for frame after frame, so one frame is what waits.)
 */
export function relay(page: WebSocket, transport: Transport): Observable<never> {
  const connection$ = transport.open().pipe(share({ connector: () => new ReplaySubject<Connection>(1) }));
  const toPage$ = connection$.pipe(
    switchMap(({ bytes$ }) => bytes$),
    tap((bytes) => {
      page.send(bytes);
      limit(page.bufferedAmount, 'the page does not take what the camera sends');
    }),
  );

  let waiting = 0;
  const toCamera$ = fromEvent(page, 'message').pipe(
    map((message) => {
      const { data } = message as MessageEvent;
      if (!(data instanceof Uint8Array)) throw new Error('the page sent text, where the camera takes bytes');
      waiting += data.length;
      limit(waiting, 'the camera does not take what the page sends');
      return data;
    }),
    // What comes before the port is open waits for it.
    concatMap((bytes) =>
      connection$.pipe(
        take(1),
        switchMap((connection) => connection.write(bytes)),
        finalize(() => (waiting -= bytes.length)),
      ),
    ),
  );

  return merge(toPage$, toCamera$).pipe(ignoreElements(), takeUntil(fromEvent(page, 'close')));
}

function limit(bytes: number, meaning: string): void {
  if (bytes > mostWaitingBytes) throw new Error(`${meaning}: ${bytes} bytes wait`);
}

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

/** If more bytes than this wait in one direction, the other side has stopped reading. */
const mostWaitingBytes = 16 << 20;

/**
 * Relays bytes between a page and the camera. Keeps the camera's port open while it is subscribed to.
 *
 * Emits nothing. Completes when the page disconnects. Errors when the port can't be opened or is lost, and when one side
 * reads so slowly that more than 16 MB wait. (A page reads frame after frame, so usually one frame waits at most.)
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
    // Bytes that arrive before the port is open wait for it.
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

import { EMPTY, fromEvent, ignoreElements, merge, Observable, switchMap, takeUntil, tap } from 'rxjs';
import type { WebSocket } from 'ws';
import type { Connection, Transport } from '../../transport/transport.js';
import { KeepAlive } from '../../transport/websocket/keep-alive.js';
import { CloseCode, HostRefused } from './closing.js';

/** The most bytes that wait for a slow host. A camera can't be paused: it would tear its packets (PROTOCOL 12). */
const MOST_FOR_HOST_BYTES = 16 << 20;
/** The host is paused while more bytes than this wait for the camera. */
const MOST_FOR_CAMERA_BYTES = 1 << 18;

/**
 * Relays bytes both ways between a host and the camera, whose port is open while this is subscribed to.
 *
 * The host must be paused before the subscription: its bytes wait in the network until the camera is open, and
 * whenever 256 KiB wait for the camera. Emits nothing. Completes when the host has left; a host that vanishes silently
 * is noticed within 15 seconds. Errors when the camera can't be opened or is lost, and with
 * {@link HostRefused} when the host sends text, or is so slow that 16 MiB wait for it.
 */
export function relay(host: WebSocket, transport: Transport): Observable<never> {
  // The host may have left while it waited.
  if (host.readyState !== host.OPEN) return EMPTY;
  return merge(
    transport.open().pipe(switchMap((connection) => merge(toHost(connection, host), toCamera(host, connection)))),
    keptAlive(host),
  ).pipe(takeUntil(fromEvent(host, 'close')));
}

function toHost({ bytes$ }: Connection, host: WebSocket): Observable<never> {
  return bytes$.pipe(
    tap((bytes) => {
      host.send(bytes);
      if (host.bufferedAmount > MOST_FOR_HOST_BYTES)
        throw new HostRefused(CloseCode.TOO_SLOW, 'the host does not read fast enough');
    }),
    ignoreElements(),
  );
}

function toCamera(host: WebSocket, connection: Connection): Observable<never> {
  return new Observable((subscriber) => {
    let waiting = 0;
    const take = (message: Buffer, isBinary: boolean): void => {
      if (!isBinary) {
        subscriber.error(new HostRefused(CloseCode.TEXT, 'a camera accepts binary messages only'));
        return;
      }
      waiting += message.length;
      if (waiting > MOST_FOR_CAMERA_BYTES) host.pause();
      subscriber.add(
        connection.write(message).subscribe({
          error: (error) => subscriber.error(error),
          complete: () => {
            waiting -= message.length;
            if (waiting <= MOST_FOR_CAMERA_BYTES && host.isPaused) host.resume();
          },
        }),
      );
    };
    host.on('message', take);
    host.resume();
    return () => host.off('message', take);
  });
}

function keptAlive(host: WebSocket): Observable<never> {
  return new Observable(() => {
    const keepAlive = new KeepAlive(host, () => host.terminate());
    const heard = (): void => keepAlive.heard();
    host.on('message', heard);
    return () => {
      keepAlive.stop();
      host.off('message', heard);
    };
  });
}

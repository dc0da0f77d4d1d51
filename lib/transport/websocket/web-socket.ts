import { EMPTY, Observable, Subject, type Subscriber, throwError } from 'rxjs';
import { messageOf, OpenMVError } from '../../errors.js';
import type { Connection, Transport } from '../transport.js';
import { OPEN, type WebSocketConstructor, type WebSocketLike } from './web-socket-like.js';

/** What {@link webSocket} may be told. */
export interface WebSocketOptions {
  /** The class to make the socket of. Default: the platform's own, which browsers have and Node 20 has not. */
  readonly WebSocket?: WebSocketConstructor;
}

/**
 * A camera behind a WebSocket: each binary message is a chunk of bytes, whatever it cuts.
 *
 * `open()` is cold: each subscription makes a socket of its own, and unsubscribing closes it, also while it is still
 * connecting. It emits one connection when the socket is open and never completes. A message that arrives is a view of
 * the socket's own memory, without copying; text messages are dropped. `write()` hands the bytes over in the call and
 * completes at once: what the network can't take yet, the socket buffers without a limit and without saying when it has
 * gone (`bufferedAmount`), so a caller that sends much waits for its answers. It errors with `LINK_LOST` when the
 * socket is not open any more.
 *
 * Errors with `PORT_UNAVAILABLE` when it can't be connected, and with `LINK_LOST` when it is closed, with the code and
 * reason of the close in the message. How long connecting may take is the platform's decision.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the URL does not begin with `ws://` or `wss://`, or the platform has no
 * WebSocket and none was passed.
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { webSocket } from 'openmv-rx/websocket';
 *
 * const camera = new Camera(webSocket('ws://localhost:8080/camera'));
 * // Node 20: import { WebSocket } from 'ws'; webSocket('ws://localhost:8080/camera', { WebSocket })
 * camera.stdout$.subscribe((text) => console.log(text));
 * ```
 */
export function webSocket(url: string, options: WebSocketOptions = {}): Transport {
  const Socket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  if (!/^wss?:\/\/./i.test(url))
    throw new OpenMVError('INVALID_ARGUMENT', `a WebSocket's URL begins with ws:// or wss://, not as in "${url}"`);
  if (!Socket)
    throw new OpenMVError(
      'INVALID_ARGUMENT',
      'there is no WebSocket on this platform: pass one as an option, such as that of the package ws',
    );
  return { name: url, open: () => new Observable((subscriber) => connect(url, Socket, subscriber)) };
}

function connect(url: string, Socket: WebSocketConstructor, subscriber: Subscriber<Connection>): void {
  let socket: WebSocketLike;
  try {
    socket = new Socket(url);
  } catch (cause) {
    subscriber.error(new OpenMVError('PORT_UNAVAILABLE', `${url}: ${messageOf(cause)}`, { cause }));
    return;
  }
  const arriving = new Subject<Uint8Array>();
  let opened = false;
  let said = '';

  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    opened = true;
    subscriber.next({ bytes$: arriving.asObservable(), write: (bytes) => send(url, socket, bytes) });
  };
  socket.onmessage = ({ data }: { data: ArrayBuffer | string }) => {
    if (typeof data !== 'string') arriving.next(new Uint8Array(data));
  };
  // A close always follows. Browsers do not say what was wrong, `ws` does.
  socket.onerror = ({ message }: { message?: string }) => {
    said = message ?? '';
  };
  socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
    const why = [said, reason, `code ${code}`].filter(Boolean).join(', ');
    subscriber.error(
      opened
        ? new OpenMVError('LINK_LOST', `${url}: the connection was closed (${why})`)
        : new OpenMVError('PORT_UNAVAILABLE', `${url}: can't connect (${why}): is the other end running?`),
    );
  };

  subscriber.add(() => {
    // Not `onerror`: a `ws` that is closed while it connects reports that as an error, and an unheard one is thrown.
    socket.onopen = socket.onmessage = socket.onclose = null;
    arriving.complete();
    socket.close();
  });
}

function send(url: string, socket: WebSocketLike, bytes: Uint8Array): Observable<never> {
  if (socket.readyState !== OPEN)
    return throwError(() => new OpenMVError('LINK_LOST', `${url}: the socket was closed`));
  socket.send(bytes);
  return EMPTY;
}

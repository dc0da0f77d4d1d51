import { Observable, type Subscriber } from 'rxjs';
import { requireOptions, type OptionNames } from '../../arguments.js';
import { messageOf, OpenMVError } from '../../errors.js';
import type { Connection, Transport } from '../transport.js';
import { Session } from './session.js';
import { withToken } from './token.js';
import type { WebSocketConstructor, WebSocketLike } from './web-socket-like.js';

/** What {@link webSocket} may be told. */
export interface WebSocketOptions {
  /** The class to make the socket of. Default: the platform's own; in Node 20, which has none, that of the package `ws`. */
  readonly WebSocket?: WebSocketConstructor;
  /**
   * What `openmv-rx bridge --token` was told, for bridges that are not of this computer. It is sent as the subprotocol
   * `openmv.token.` and its UTF-8 in unpadded base64url, beside `openmv`, which a server that knows of it answers with.
   * It stands in no name and no error. Without TLS (`wss://`) whoever can see the network's packets can read it.
   */
  readonly token?: string;
}

/**
 * A camera behind a WebSocket: each binary message is a chunk of bytes, whatever it cuts. `openmv-rx bridge` serves one.
 *
 * `open()` is cold: each subscription makes a socket of its own, and unsubscribing closes it, also while it is still
 * connecting. It emits one connection when the socket is open and never completes. A message that arrives is a view of
 * the socket's own memory, without copying. `write()` hands the bytes over in the call, and completes when the socket
 * holds at most 256 KiB that the network has not taken yet, which is looked at every 5 ms; what was written and did not
 * wait for that is held without a limit. It errors with `LINK_LOST` when the socket is not open any more.
 *
 * Errors with `PORT_UNAVAILABLE` when it can't be connected, and with `LINK_LOST` when it is closed, with the code and
 * reason of the close in the message, or when it sends text. How long connecting may take is the platform's decision.
 * With the package `ws` the other end is pinged every 5 seconds, and one that vanished without a word is noticed within
 * 15. A page can't ping: there it shows in the deadlines of the camera's commands.
 *
 * @param url begins with `ws://` or `wss://`; a page that came by `https:` may open the latter alone, but for localhost.
 * Its query and user name stand in no name and no error.
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the URL is none of a WebSocket, the token is empty, or a platform other than
 * Node has no WebSocket and none was passed.
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { webSocket } from 'openmv-rx/websocket';
 *
 * const camera = new Camera(webSocket('ws://localhost:8787'));
 * camera.stdout$.subscribe((text) => console.log(text));
 * ```
 */
export function webSocket(url: string, options: WebSocketOptions = {}): Transport {
  return webSocketOr(undefined, url, options);
}

/** {@link webSocket} with a class for a platform that has none of its own. */
export function webSocketOr(
  fallback: WebSocketConstructor | undefined,
  url: string,
  options: WebSocketOptions,
): Transport {
  requireOptions('webSocket', options, KNOWN);
  const { token } = options;
  const Socket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket ?? fallback;
  const name = nameOf(url);
  if (token === '') throw new OpenMVError('INVALID_ARGUMENT', 'a token must not be empty');
  if (!Socket)
    throw new OpenMVError(
      'INVALID_ARGUMENT',
      'there is no WebSocket on this platform: pass one as an option, such as that of the package ws',
    );
  const make = (): WebSocketLike => new Socket(url, token === undefined ? [] : withToken(token));
  return { name, port: name, open: () => new Observable((subscriber) => connect(name, make, subscriber)) };
}

/** Without what may be a secret; nor is that in the errors. */
function nameOf(url: string): string {
  const { protocol, host, pathname, hash } = parsed(url);
  if (!/^wss?:$/.test(protocol))
    throw new OpenMVError('INVALID_ARGUMENT', `a WebSocket's URL begins with ws:// or wss://, not with ${protocol}`);
  if (hash !== '') throw new OpenMVError('INVALID_ARGUMENT', "a WebSocket's URL has no #");
  return `${protocol}//${host}${pathname}`;
}

function parsed(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new OpenMVError('INVALID_ARGUMENT', "a WebSocket's URL is as in ws://localhost:8787, and this is no URL");
  }
}

function connect(name: string, make: () => WebSocketLike, subscriber: Subscriber<Connection>): void {
  let socket: WebSocketLike;
  try {
    socket = make();
  } catch (cause) {
    // As a page does that came by https: and asks for ws:.
    subscriber.error(new OpenMVError('PORT_UNAVAILABLE', `${name} may not be opened: ${messageOf(cause)}`, { cause }));
    return;
  }
  const session = new Session(name, socket, {
    opened: () => subscriber.next(session),
    ended: (error) => subscriber.error(error),
  });
  subscriber.add(() => session.close());
}

const KNOWN: OptionNames<WebSocketOptions> = { WebSocket: true, token: true };

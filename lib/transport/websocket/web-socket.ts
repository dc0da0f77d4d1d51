import { Observable, type Subscriber } from 'rxjs';
import { requireOptions, type OptionNames, requireArgument } from '../../arguments.js';
import { messageOf, OpenMVError } from '../../errors.js';
import type { Connection, Transport } from '../transport.js';
import { withToken } from './token.js';
import { WebSocketConnection } from './web-socket-connection.js';
import type { WebSocketConstructor, WebSocketLike } from './web-socket-like.js';

/** Options of {@link webSocket}. */
export interface WebSocketOptions {
  /** The class of the socket. Default: the platform's own, or that of the package `ws` in Node 20, which has none. */
  readonly WebSocket?: WebSocketConstructor;
  /**
   * The token of `openmv-rx bridge --token`, which a bridge on another computer asks for. It is sent as two subprotocols: `openmv`,
   * with which a server that understands tokens answers, and `openmv.token.` followed by the token's UTF-8 in unpadded base64url.
   * Names and errors never contain it. Without TLS (`wss://`), anyone who sees the network's packets can read it.
   */
  readonly token?: string;
}

/**
 * A camera behind a WebSocket. Each binary message is a chunk of bytes; messages need not match packets. `openmv-rx bridge` serves one.
 *
 * `open()` is cold: each subscription makes its own socket, and unsubscribing closes it, even while it is still
 * connecting. It emits one connection when the socket is open, and never completes. A message that arrives is a view of
 * the socket's own memory and is not copied. `write()` passes the bytes to the socket in the call, and completes when the socket
 * holds at most 256 KiB of unsent bytes (checked every 5 ms). Bytes that you write without waiting are held without a limit. It errors with `LINK_LOST` when the socket is no longer open.
 *
 * Errors with `PORT_UNAVAILABLE` when it can't connect. Errors with `LINK_LOST` when the other end sends text, or when the socket is
 * closed: the message has the code and reason of the close. The platform decides how long connecting may take.
 * With the package `ws`, the other end is pinged every 5 seconds, and a silent loss is noticed within
 * 15. A page can't ping: there the timeouts of the camera's commands notice it.
 *
 * @param url begins with `ws://` or `wss://`. A page from `https:` may only open `wss://`, except on localhost.
 * Names and errors never contain the URL's query and user name.
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the URL is not that of a WebSocket, the token is empty, or the platform
 * has no WebSocket and you passed none (Node needs none).
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

/** Like {@link webSocket}, with a class for platforms that have no WebSocket. */
export function webSocketOr(
  fallback: WebSocketConstructor | undefined,
  url: string,
  options: WebSocketOptions,
): Transport {
  requireOptions('webSocket', options, KNOWN);
  const { token } = options;
  const Socket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket ?? fallback;
  const name = nameOf(url);
  if (token === '') throw new OpenMVError('INVALID_ARGUMENT', 'token must not be empty');
  if (!Socket)
    throw new OpenMVError(
      'INVALID_ARGUMENT',
      'this platform has no WebSocket: pass one as an option, such as that of the package ws',
    );
  const make = (): WebSocketLike => new Socket(url, token === undefined ? [] : withToken(token));
  return { name, port: name, open: () => new Observable((subscriber) => connect(name, make, subscriber)) };
}

/** The URL without its query and user name. They may be secrets, so the errors do not show them either. */
function nameOf(url: string): string {
  const { protocol, host, pathname, hash } = parsed(url);
  requireArgument(/^wss?:$/.test(protocol), 'the URL of a WebSocket begins with ws:// or wss://', protocol);
  if (hash !== '') throw new OpenMVError('INVALID_ARGUMENT', 'the URL of a WebSocket must not contain #');
  return `${protocol}//${host}${pathname}`;
}

function parsed(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new OpenMVError('INVALID_ARGUMENT', 'url must be the URL of a WebSocket, such as ws://localhost:8787');
  }
}

function connect(name: string, make: () => WebSocketLike, subscriber: Subscriber<Connection>): void {
  let socket: WebSocketLike;
  try {
    socket = make();
  } catch (cause) {
    // For example, a page from https: opens ws:.
    subscriber.error(new OpenMVError('PORT_UNAVAILABLE', `${name} can't be opened: ${messageOf(cause)}`, { cause }));
    return;
  }
  const connection = new WebSocketConnection(name, socket, {
    opened: () => subscriber.next(connection),
    lost: (error) => subscriber.error(error),
  });
  subscriber.add(() => connection.close());
}

const KNOWN: OptionNames<WebSocketOptions> = { WebSocket: true, token: true };

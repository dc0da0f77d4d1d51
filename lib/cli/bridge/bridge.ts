import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defer, Observable, type Subscriber, Subscription, switchMap } from 'rxjs';
import type { WebSocket, WebSocketServer } from 'ws';
import { addressText } from '../../transport/address.js';
import { Admission } from '../../transport/admission.js';
import { unservable } from '../../transport/network-failure.js';
import type { Transport } from '../../transport/transport.js';
import { PROTOCOL } from '../../transport/websocket/token.js';
import type { Address } from '../arguments/address.js';
import { type Access, refusal } from './access.js';
import { CloseCode, type Closing, closingFor, disconnect } from './closing.js';
import { relay } from './relay.js';

/** Options of {@link bridge}. */
export interface BridgeOptions extends Access {
  readonly listen: Address;
  /** A page to serve at the same address. Default: a line that says what this is. */
  readonly site?: Site;
}

/** A page that a bridge serves, and that then owns the camera. */
export interface Site {
  readonly answer: RequestListener;
  /** Tells whether a request for a WebSocket comes from the page. Others get no WebSocket, and so no reason. */
  admits(request: IncomingMessage): boolean;
}

/** An event of a bridge. */
export type BridgeEvent =
  | { readonly listening: string }
  | { readonly connected: string }
  | { readonly refused: string; readonly reason: string }
  | { readonly disconnected: string; readonly reason?: string };

/** More than a host ever sends at once. A longer message closes its connection (1009). */
const MOST_MESSAGE_BYTES = 1 << 20;

/**
 * Serves the camera of `transport` to one WebSocket client at a time. Each other client is disconnected with a reason.
 *
 * Cold: it listens while it is subscribed to, and unsubscribing disconnects its hosts. The camera is open only while a host
 * is connected. If the camera can't be opened or is lost, the host is disconnected with the reason, and the next host tries again. Emits
 * events, first the address, and never completes. Errors with `PORT_UNAVAILABLE` when it can't listen.
 */
export function bridge(transport: Transport, options: BridgeOptions): Observable<BridgeEvent> {
  // Loading `ws` takes time, so load it only if it is needed.
  return defer(() => import('ws')).pipe(
    switchMap(
      ({ WebSocketServer: Sockets }) =>
        new Observable<BridgeEvent>((subscriber) => {
          const http = createServer(options.site?.answer ?? answer);
          const sockets = new Sockets({
            noServer: true,
            maxPayload: MOST_MESSAGE_BYTES,
            handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
          });
          subscriber.add(serve(http, sockets, transport, options, subscriber));
          listen(http, options.listen, subscriber);
        }),
    ),
  );
}

function listen(http: Server, { host, port }: Address, subscriber: Subscriber<BridgeEvent>): void {
  http.on('error', (cause) => subscriber.error(unservable(`ws://${addressText(host, port)}`, cause)));
  http.listen({ host, port, exclusive: true }, () => {
    subscriber.next({ listening: `ws://${addressText(host, (http.address() as AddressInfo).port)}` });
  });
  subscriber.add(() => {
    http.close();
    http.closeAllConnections();
  });
}

/** A client, and its address for people. */
interface Host {
  readonly name: string;
  readonly socket: WebSocket;
}

function serve(
  http: Server,
  sockets: WebSocketServer,
  transport: Transport,
  { site, ...access }: BridgeOptions,
  events: Subscriber<BridgeEvent>,
): Subscription {
  const sessions = new Subscription();
  const refuse = ({ name, socket }: Host, why: Closing): void => {
    disconnect(socket, why);
    events.next({ refused: name, reason: why.reason });
  };
  const admission = new Admission<Host>(
    1,
    ({ name, socket }, left) => {
      events.next({ connected: name });
      const session = relay(socket, transport).subscribe({
        error: (error) => {
          const why = closingFor(error);
          disconnect(socket, why);
          events.next({ disconnected: name, reason: why.reason });
        },
        complete: () => events.next({ disconnected: name }),
      });
      sessions.add(session);
      session.add(left);
    },
    (host) => refuse(host, { code: CloseCode.IN_USE, reason: 'another host is using the camera' }),
  );
  http.on('upgrade', (request: IncomingMessage, stream, head) => {
    if (site?.admits(request) === false) {
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    // A page learns the reason only from the close of an open WebSocket.
    sockets.handleUpgrade(request, stream, head, (socket) => {
      // A close follows each error, and is what counts.
      socket.on('error', () => undefined);
      const { remoteAddress = '', remotePort = 0 } = request.socket;
      const host = { name: addressText(remoteAddress, remotePort), socket };
      const why = refusal(request, access);
      if (why) refuse(host, why);
      else {
        socket.pause();
        admission.arrive(host);
      }
    });
  });
  return new Subscription(() => {
    admission.clear();
    sessions.unsubscribe();
    for (const socket of sockets.clients)
      disconnect(socket, { code: CloseCode.GOING_AWAY, reason: 'the bridge was stopped' });
  });
}

function answer(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { Upgrade: 'websocket', 'Content-Type': 'text/plain; charset=utf-8' });
  response.end('This is a bridge to a camera. It speaks WebSocket: connect with webSocket() of openmv-rx/websocket.\n');
}

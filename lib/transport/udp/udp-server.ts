import { createSocket, type RemoteInfo } from 'node:dgram';
import { lookup } from 'node:dns';
import { Observable, type Subscriber } from 'rxjs';
import { requireOptions, type OptionNames } from '../../arguments.js';
import { addressText, checkAddress } from '../address.js';
import { unservable, serverFailure } from '../network-failure.js';
import type { Connection } from '../transport.js';
import { DatagramConnection, RECEIVE_BUFFER_BYTES, type Send } from './datagram-connection.js';

/** Options of {@link udpServer}. */
export interface UdpServerOptions {
  /** The address of this computer to listen on. Default `127.0.0.1`: only this computer; `0.0.0.0` is all networks. */
  readonly host?: string;
}

/** A {@link udpServer} that is listening: the connection to the host that wrote last. */
export interface UdpServer extends Connection {
  /** The address and port, as in `127.0.0.1:5555`. */
  readonly address: string;
  /** The port, also if you asked for a free one. */
  readonly port: number;
}

/**
 * The camera's end of {@link udp}: one connection for a `Device`, which answers the host that wrote last (PROTOCOL 12).
 *
 * Cold: it listens while it is subscribed to. Emits once, when it listens, and never completes. Errors with
 * `PORT_UNAVAILABLE` when it can't listen, for example because the port is in use. A write of several packets goes out as several
 * datagrams. It completes when the system has accepted or rejected them, or at once if no host has written
 * yet: UDP never tells whether a datagram arrives. It errors with `TOO_LARGE` if no datagram can hold the bytes.
 *
 * Its `Device` should have payloads of at most 1400 bytes, no acknowledgements, and a first retransmit timeout of 100 ms.
 *
 * @param port 0 for a free one
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the port is not from 0 to 65535, or the host is not an address.
 *
 * @example
 * ```ts
 * import { Device } from 'openmv-rx/device';
 * import { udpServer } from 'openmv-rx/udp';
 *
 * const device = new Device({ transportName: 'udp', maxPayload: 1400, ack: false, retransmitTimeoutMs: 100 });
 * udpServer(5555, { host: '0.0.0.0' }).subscribe((hosts) => device.attach(hosts));
 * ```
 */
export function udpServer(port: number, options: UdpServerOptions = {}): Observable<UdpServer> {
  requireOptions('udpServer', options, KNOWN);
  const { host = '127.0.0.1' } = options;
  checkAddress(host, port, 0);
  const name = `udp://${addressText(host, port)}`;
  return new Observable((subscriber) => {
    lookup(host, { order: 'ipv4first' }, (cause, address, family) => {
      if (subscriber.closed) return;
      if (cause) subscriber.error(unservable(name, cause));
      else listen(name, host, address, family, port, subscriber);
    });
  });
}

function listen(
  name: string,
  host: string,
  address: string,
  family: number,
  port: number,
  subscriber: Subscriber<UdpServer>,
): void {
  const socket = createSocket({ type: family === 6 ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
  let last: RemoteInfo | undefined;
  const send: Send = (datagram, sent) => {
    if (last === undefined) sent(null);
    else socket.send(datagram, last.port, last.address, (error) => sent(isTooLarge(error) ? error : null));
  };
  const connection = new DatagramConnection(name, socket, send, (error) => subscriber.error(error));
  let listening = false;
  subscriber.add(() => connection.close());
  socket.on('error', (cause) => {
    // Some systems report here that a host has left.
    if (listening && isOfOneHost(cause)) return;
    subscriber.error(serverFailure(name, cause, listening));
  });
  socket.bind({ port, address, exclusive: true }, () => {
    listening = true;
    const bound = socket.address().port;
    const { bytes$ } = connection;
    const write = (bytes: Uint8Array): Observable<never> => connection.write(bytes);
    subscriber.next({ address: addressText(host, bound), port: bound, bytes$, write });
    socket.on('message', (datagram, from) => {
      last = from;
      connection.arrived(datagram);
    });
  });
}

/** Any other error of a datagram counts as its loss. */
function isTooLarge(error: NodeJS.ErrnoException | null): boolean {
  return error?.code === 'EMSGSIZE';
}

function isOfOneHost({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNRESET' || code === 'ECONNREFUSED';
}

const KNOWN: OptionNames<UdpServerOptions> = { host: true };

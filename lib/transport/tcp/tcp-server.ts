import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Observable, Subject } from 'rxjs';
import { requireOptions, requireWhole, type OptionNames } from '../../arguments.js';
import { addressText, checkAddress } from '../address.js';
import { Admission } from '../admission.js';
import { serverFailure } from '../network-failure.js';
import type { Connection } from '../transport.js';
import { SOCKET_OPTIONS, SocketConnection } from './socket-connection.js';

/** Options of {@link tcpServer}. */
export interface TcpServerOptions {
  /** The address of this computer to listen on. Default `127.0.0.1`: only this computer; `0.0.0.0` is all networks. */
  readonly host?: string;
  /**
   * The most hosts at a time. Another host waits up to 250 ms for one of them to leave, so that a host can reconnect at once. Then
   * its connection is closed. Default: no limit.
   */
  readonly maxHosts?: number;
}

/** A {@link tcpServer} that is listening. */
export interface TcpServer {
  /** The address and port, as in `127.0.0.1:5000`. */
  readonly address: string;
  /** The port, also if you asked for a free one. */
  readonly port: number;
  /** Emits each host that connects. Hot: a host that connects while nobody is subscribed is disconnected. Completes with the server. */
  readonly hosts$: Observable<TcpHost>;
}

/** A connected host. Its `bytes$` completes when the host has left. */
export interface TcpHost extends Connection {
  /** The host's address and port, for people. */
  readonly name: string;
  /** Disconnects the host. */
  close(): void;
}

/**
 * The camera's end of {@link tcp}: listens, and emits each host that connects as a connection for a `Device`.
 *
 * Cold: it listens while it is subscribed to, and unsubscribing closes it and all its connections. Emits once, when it
 * listens, and never completes. Errors with `PORT_UNAVAILABLE` when it can't listen, for example because the port is in use.
 * It holds each host's waiting writes without a limit; a `Device` has its own limit.
 *
 * @param port 0 for a free one
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the port is not from 0 to 65535, the host is not an address, or `maxHosts` is not a
 * whole number above 0.
 *
 * @example
 * ```ts
 * import { Device } from 'openmv-rx/device';
 * import { tcpServer } from 'openmv-rx/tcp';
 * import { switchMap } from 'rxjs';
 *
 * const device = new Device({ transportName: 'tcp' });
 * tcpServer(5000, { maxHosts: 1 })
 *   .pipe(switchMap(({ hosts$ }) => hosts$))
 *   .subscribe((host) => device.attach(host).add(() => host.close()));
 * ```
 */
export function tcpServer(port: number, options: TcpServerOptions = {}): Observable<TcpServer> {
  requireOptions('tcpServer', options, KNOWN);
  const { host = '127.0.0.1', maxHosts = Infinity } = options;
  checkAddress(host, port, 0);
  if (maxHosts !== Infinity) requireWhole('maxHosts', maxHosts, 1);

  return new Observable((subscriber) => {
    const hosts = new Hosts(maxHosts);
    const server = createServer({ ...SOCKET_OPTIONS, pauseOnConnect: true }, (socket) => hosts.arrive(socket));
    let listening = false;
    server.on('error', (cause) => {
      subscriber.error(serverFailure(`tcp://${addressText(host, port)}`, cause, listening));
    });
    subscriber.add(() => {
      server.close();
      hosts.close();
    });
    server.listen({ host, port, exclusive: true }, () => {
      listening = true;
      const bound = (server.address() as AddressInfo).port;
      subscriber.next({ address: addressText(host, bound), port: bound, hosts$: hosts.connected$ });
    });
  });
}

/** Admits up to `maxHosts` hosts; others wait briefly for one of them to leave. */
class Hosts {
  readonly #connected = new Subject<TcpHost>();
  readonly connected$ = this.#connected.asObservable();
  readonly #hosts = new Set<SocketConnection>();
  readonly #admission: Admission<Socket>;

  constructor(limit: number) {
    this.#admission = new Admission(
      limit,
      (socket, left) => this.#admit(socket, left),
      (socket) => socket.destroy(),
    );
  }

  arrive(socket: Socket): void {
    // Without a listener, the error of a socket that waits would end the process.
    socket.on('error', () => undefined);
    this.#admission.arrive(socket);
  }

  close(): void {
    for (const socket of this.#admission.clear()) socket.destroy();
    for (const host of this.#hosts) host.close();
    this.#connected.complete();
  }

  #admit(socket: Socket, left: () => void): void {
    const { remoteAddress = '', remotePort = 0 } = socket;
    const host = new SocketConnection(addressText(remoteAddress, remotePort), socket, () => undefined);
    this.#hosts.add(host);
    socket.once('close', () => {
      this.#hosts.delete(host);
      left();
    });
    if (!this.#connected.observed) host.close();
    this.#connected.next(host);
    host.start();
  }
}

const KNOWN: OptionNames<TcpServerOptions> = { host: true, maxHosts: true };

import { type AddressInfo, createServer } from 'node:net';
import { Observable } from 'rxjs';
import { requireOptions, type OptionNames } from '../../arguments.js';
import { messageOf, OpenMVError } from '../../errors.js';
import { addressText, checkAddress } from '../address.js';
import { unservable } from '../network-failure.js';
import { Hosts, type TcpHost } from './hosts.js';
import { SOCKET_OPTIONS } from './socket-connection.js';

/** What {@link tcpServer} may be told. */
export interface TcpServerOptions {
  /** The address of this computer to listen at. Default `127.0.0.1`: nobody else; `0.0.0.0` is all networks. */
  readonly host?: string;
  /**
   * How many hosts may be connected at a time. One more waits 250 ms for another to leave, so that a host can go and come
   * back at once, and is then turned away: its connection is closed. Default: no limit.
   */
  readonly maxHosts?: number;
}

/** A {@link tcpServer} that listens. */
export interface TcpServer {
  /** Where: the address and port, as in `127.0.0.1:5000`. */
  readonly address: string;
  /** The port, also where a free one was asked for. */
  readonly port: number;
  /** The hosts, as they come. Hot: one that comes while nobody is subscribed is turned away. Completes with the server. */
  readonly hosts$: Observable<TcpHost>;
}

/**
 * The camera's end of {@link tcp}: listens, and hands out each host that connects as a connection for a `Device`.
 *
 * Cold: it listens while it is subscribed to, and unsubscribing closes it and all its connections. Emits once, when it
 * listens, and never completes. Errors with `PORT_UNAVAILABLE` when it can't listen, such as at a port that is in use.
 * Of each host, it holds what was written and not taken yet, without a limit of its own: a `Device` has one.
 *
 * @param port 0 for a free one
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the port is not from 0 to 65535, the address no address, or `maxHosts` not a
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
  if (!(maxHosts === Infinity || (Number.isInteger(maxHosts) && maxHosts > 0)))
    throw new OpenMVError('INVALID_ARGUMENT', `maxHosts is a whole number above 0, not ${maxHosts}`);

  return new Observable((subscriber) => {
    const hosts = new Hosts(maxHosts);
    const server = createServer({ ...SOCKET_OPTIONS, pauseOnConnect: true }, (socket) => hosts.arrive(socket));
    let listening = false;
    server.on('error', (cause) => {
      const name = `tcp://${addressText(host, port)}`;
      subscriber.error(
        listening
          ? new OpenMVError('LINK_LOST', `${name} can't be listened at any more: ${messageOf(cause)}`, { cause })
          : unservable(name, cause),
      );
    });
    subscriber.add(() => {
      server.close();
      hosts.close();
    });
    server.listen({ host, port, exclusive: true }, () => {
      listening = true;
      const taken = (server.address() as AddressInfo).port;
      subscriber.next({ address: addressText(host, taken), port: taken, hosts$: hosts.come$ });
    });
  });
}

const KNOWN: OptionNames<TcpServerOptions> = { host: true, maxHosts: true };

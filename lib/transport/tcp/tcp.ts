import { connect } from 'node:net';
import { Observable, type Subscriber, timer } from 'rxjs';
import { requireOptions, type OptionNames, requireInterval } from '../../arguments.js';
import { addressText, checkAddress } from '../address.js';
import { unreachable } from '../network-failure.js';
import type { Connection, Transport } from '../transport.js';
import { SOCKET_OPTIONS, SocketConnection } from './socket-connection.js';

/** Options of {@link tcp}. */
export interface TcpOptions {
  /** How long connecting may take, including the name lookup, in milliseconds. Default 3000. */
  readonly connectTimeoutMs?: number;
}

/**
 * A camera behind a TCP socket: one that a program serves, such as `openmv-rx virtual --tcp`, a {@link tcpServer} or a
 * gateway.
 *
 * `open()` is cold: each subscription makes its own connection, and unsubscribing closes it, even while it is still
 * connecting. It emits one connection and never completes. If a name has several addresses, they are tried in turn.
 * Bytes are read all the time, even if nobody is subscribed to `bytes$`; a chunk is a view of memory that is not
 * reused. `write()` starts at once, in one system call if the system's buffer has space, and completes when the system has
 * accepted the bytes. Waiting writes are held without a limit, so wait for each write if you send much.
 *
 * Errors with `PORT_UNAVAILABLE` when the camera can't be reached, and says what to try. Errors with `LINK_LOST` when the other
 * end closes the connection (or its half of it), or when the connection is lost. A peer that vanishes silently is
 * noticed after 15 seconds; while bytes are on their way to it, the sender's timeouts notice it.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the host is none of these, the port is not from 1 to 65535, or the timeout is not above 0.
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { tcp } from 'openmv-rx/tcp';
 *
 * const camera = new Camera(tcp('192.168.1.5', 5000));
 * camera.frames$.subscribe((frame) => console.log(frame.width, frame.height));
 * ```
 */
export function tcp(host: string, port: number, options: TcpOptions = {}): Transport {
  requireOptions('tcp', options, KNOWN);
  const { connectTimeoutMs = 3000 } = options;
  checkAddress(host, port);
  requireInterval('connectTimeoutMs', connectTimeoutMs);
  const name = `tcp://${addressText(host, port)}`;
  return {
    name,
    port: name,
    open: () => new Observable((subscriber) => open(name, host, port, connectTimeoutMs, subscriber)),
  };
}

/** The timeout for one address of several. A camera whose Wi-Fi saves power is slower than Node's default of 250 ms. */
const ATTEMPT_MS = 1000;

function open(
  name: string,
  host: string,
  port: number,
  connectTimeoutMs: number,
  subscriber: Subscriber<Connection>,
): void {
  const socket = connect({ host, port, autoSelectFamilyAttemptTimeout: ATTEMPT_MS, ...SOCKET_OPTIONS });
  const failed = (cause: unknown): void => subscriber.error(unreachable(name, cause));
  const timeout = timer(connectTimeoutMs).subscribe(() => {
    failed(Object.assign(new Error(`no answer within ${connectTimeoutMs} ms`), { code: 'ETIMEDOUT' }));
  });
  // This listener stays when the opening is given up, so that a late error does not end the process.
  socket.on('error', failed);
  subscriber.add(() => {
    timeout.unsubscribe();
    socket.destroy();
  });
  socket.once('connect', () => {
    timeout.unsubscribe();
    socket.off('error', failed);
    const connection = new SocketConnection(name, socket, (error) => subscriber.error(error));
    subscriber.add(() => connection.close());
    subscriber.next(connection);
    connection.start();
  });
}

const KNOWN: OptionNames<TcpOptions> = { connectTimeoutMs: true };

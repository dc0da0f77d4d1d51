import { connect } from 'node:net';
import { Observable, type Subscriber, timer } from 'rxjs';
import { requireOptions, type OptionNames } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { addressText, checkAddress } from '../address.js';
import { unreachable } from '../network-failure.js';
import type { Connection, Transport } from '../transport.js';
import { SOCKET_OPTIONS, SocketConnection } from './socket-connection.js';

/** What {@link tcp} may be told. */
export interface TcpOptions {
  /** How long connecting may take, in milliseconds, with the look-up of a name. Default 3000. */
  readonly connectTimeoutMs?: number;
}

/**
 * A camera behind a TCP socket: one that a program serves, such as `openmv-rx virtual --tcp`, a {@link tcpServer} or a
 * gateway.
 *
 * `open()` is cold: each subscription makes a connection of its own, and unsubscribing closes it, also while it is still
 * being made. It emits one connection and never completes. Where a name has several addresses, they are tried in turn.
 * Bytes are read all the time, whether anyone is subscribed to `bytes$` or not; a chunk is a view of memory that is not
 * used again. `write()` starts at once, in one system call if the system has room, and completes when the system has
 * taken the bytes; writes that wait are held without a limit, so a caller that sends much waits for them.
 *
 * Errors with `PORT_UNAVAILABLE` when the camera can't be reached, and says what to try; with `LINK_LOST` when the other
 * end closes the connection, or the half of it that comes here, or is lost. A peer that vanishes without a word is
 * noticed after 15 seconds, and while there are bytes on the way to it by the deadlines of who sent them.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the host is neither, the port not from 1 to 65535, or the time not above 0.
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
  if (!(connectTimeoutMs > 0 && connectTimeoutMs <= LONGEST_MS))
    throw new OpenMVError('INVALID_ARGUMENT', `connectTimeoutMs is milliseconds above 0, not ${connectTimeoutMs}`);
  const name = `tcp://${addressText(host, port)}`;
  return {
    name,
    port: name,
    open: () => new Observable((subscriber) => open(name, host, port, connectTimeoutMs, subscriber)),
  };
}

/** What a timer of the platform can wait; a longer one fires at once. */
const LONGEST_MS = 0x7fff_ffff;
/** How long one address of several may take: a camera in its Wi-Fi's power saving is slower than the 250 ms of Node. */
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
  const late = timer(connectTimeoutMs).subscribe(() => {
    failed(Object.assign(new Error(`no answer within ${connectTimeoutMs} ms`), { code: 'ETIMEDOUT' }));
  });
  // A socket that is given up while it is being made is silent, for its errors are nobody's any more.
  socket.on('error', failed);
  subscriber.add(() => {
    late.unsubscribe();
    socket.destroy();
  });
  socket.once('connect', () => {
    late.unsubscribe();
    socket.off('error', failed);
    const connection = new SocketConnection(name, socket, (error) => subscriber.error(error));
    subscriber.add(() => connection.close());
    subscriber.next(connection);
    connection.start();
  });
}

const KNOWN: OptionNames<TcpOptions> = { connectTimeoutMs: true };

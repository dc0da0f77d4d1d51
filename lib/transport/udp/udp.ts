import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns';
import { Observable, type Subscriber } from 'rxjs';
import { addressText, checkAddress } from '../address.js';
import { unreachable } from '../network-failure.js';
import type { Connection, Transport } from '../transport.js';
import { DatagramConnection, RECEIVE_BUFFER_BYTES } from './datagram-connection.js';

/** The port at which a camera listens for UDP (PROTOCOL 12). */
export const UDP_PORT = 5555;

/**
 * A camera on the network that uses UDP, as the camera's own network example does.
 *
 * A datagram holds one packet (PROTOCOL 12), so a write of several packets goes out as several datagrams. By default a `Camera`
 * then asks for payloads of at most 1400 bytes, which networks carry in one piece, and for no acknowledgements; its options can change
 * that. The `Camera` recovers datagrams that the network loses, and tolerates late ones.
 *
 * `open()` is cold: each subscription looks the name up, preferring IPv4, and makes its own socket; unsubscribing
 * closes it, even during the lookup. It emits one connection even if the camera is not there, because
 * UDP can't tell: the timeouts of the `Camera` notice a silent camera. It never completes. It accepts only
 * datagrams from the camera's address and port, and each is a chunk. They are read all the time. If they arrive
 * faster than the program reads them, the system drops those that exceed its buffer (1 MiB if it allows that).
 *
 * `write()` starts at once and completes when the system has accepted the datagrams, which does not mean that they arrive. It
 * errors with `TOO_LARGE` if no datagram can hold the bytes: more than 65507, on some systems 9216.
 *
 * Errors with `PORT_UNAVAILABLE` when the name is unknown, when the address can't be reached, or when nothing listens
 * there and nothing has arrived from there before. After that, errors with `LINK_LOST`.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param port default 5555
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the host is none of these, or the port is not from 1 to 65535.
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { udp } from 'openmv-rx/udp';
 *
 * const camera = new Camera(udp('192.168.1.5'));
 * camera.frames$.subscribe((frame) => console.log(frame.width, frame.height));
 * ```
 */
export function udp(host: string, port = UDP_PORT): Transport {
  checkAddress(host, port);
  const name = `udp://${addressText(host, port)}`;
  return {
    name,
    port: name,
    preferred: { maxPayload: 1400, ack: false },
    open: () =>
      new Observable((subscriber) => {
        // Cameras have IPv4 addresses, so prefer one if the name has several addresses.
        lookup(host, { order: 'ipv4first' }, (cause, address, family) => {
          if (subscriber.closed) return;
          if (cause) subscriber.error(unreachable(name, cause));
          else open(name, address, family, port, subscriber);
        });
      }),
  };
}

function open(name: string, address: string, family: number, port: number, subscriber: Subscriber<Connection>): void {
  const socket = createSocket({ type: family === 6 ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
  const connection = new DatagramConnection(
    name,
    socket,
    (datagram, sent) => socket.send(datagram, sent),
    (error) => subscriber.error(error),
  );
  subscriber.add(() => connection.close());
  // If the other end refuses a datagram, the next system call reports that, whichever it is.
  socket.on('error', (cause) => connection.fail(cause));
  socket.once('connect', () => {
    subscriber.next(connection);
    socket.on('message', (datagram) => connection.arrived(datagram));
  });
  socket.connect(port, address);
}

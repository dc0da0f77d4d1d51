import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns';
import { Observable, type Subscriber } from 'rxjs';
import { messageOf, OpenMVError } from '../../errors.js';
import { addressText, checkAddress } from '../address.js';
import { unreachable } from '../network-failure.js';
import type { Connection, Transport } from '../transport.js';
import { DatagramConnection, RECEIVE_BUFFER_BYTES } from './datagram-connection.js';

/** Where a camera listens for UDP (PROTOCOL 12). */
export const UDP_PORT = 5555;

/**
 * A camera in the network that speaks UDP, as the camera's own network example does.
 *
 * A datagram holds one packet, each way (PROTOCOL 12): a write of several packets goes out as several datagrams. Over this
 * way a `Camera` asks for payloads of at most 1400 bytes, which fit in one piece into the network's own, and for no
 * acknowledgements, unless its options say otherwise. What the network loses or brings late the `Camera` makes good.
 *
 * `open()` is cold: each subscription looks the name up, preferring IPv4, and makes a socket of its own; unsubscribing
 * closes it, also while the name is looked up. It emits one connection, whether the camera is there or not, for
 * UDP does not tell: a camera that says nothing is for the deadlines of the `Camera` to find. It never completes. Only
 * datagrams of the camera's address and port are taken, each of which is a chunk. They are read all the time; what comes
 * faster than the program takes it the system drops, past a buffer of 1 MiB where it allows that.
 *
 * `write()` starts at once and completes when the system has taken the datagrams, which says nothing about their arrival. It
 * errors with `TOO_LARGE` for what no datagram can hold: more than 65507 bytes, on some systems 9216.
 *
 * Errors with `PORT_UNAVAILABLE` when the name is not known or the address can't be reached, and when the camera's
 * computer says that nothing listens there, before anything came from it; after that, with `LINK_LOST`.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param port default 5555
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the host is neither, or the port not from 1 to 65535.
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
        // A camera's own address is IPv4, whatever else its name may stand for.
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
  let heard = false;
  const failed = (cause: Error): void => {
    const lost = `${name} is not there any more (${messageOf(cause)}): is the camera on, and does its script run?`;
    subscriber.error(heard ? new OpenMVError('LINK_LOST', lost, { cause }) : unreachable(name, cause));
  };
  const connection = new DatagramConnection(name, socket, (datagram, sent) => socket.send(datagram, sent), failed);
  subscriber.add(() => connection.close());
  // That the other end refuses is told to the next call of the system, whichever that is.
  socket.on('error', failed);
  socket.once('connect', () => {
    subscriber.next(connection);
    socket.on('message', (datagram) => {
      heard = true;
      connection.arrived(datagram);
    });
  });
  socket.connect(port, address);
}

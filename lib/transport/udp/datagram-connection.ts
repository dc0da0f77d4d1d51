import type { Socket } from 'node:dgram';
import { merge, type Observable } from 'rxjs';
import { messageOf, OpenMVError } from '../../errors.js';
import { BaseConnection, fromCallback } from '../connection.js';
import { unreachable } from '../network-failure.js';

/** The size of the receive buffer, for a camera that sends a long reply all at once. The system may allow less. */
export const RECEIVE_BUFFER_BYTES = 1 << 20;

/** Sends one datagram, and calls back when the system has accepted or refused it. */
export type Send = (datagram: Uint8Array, sent: (error: Error | null) => void) => void;

/** A connection whose chunks are datagrams. It sends each packet in its own datagram. */
export class DatagramConnection extends BaseConnection {
  readonly isOrdered = false;
  readonly #socket: Socket;
  readonly #send: Send;
  #hasReceived = false;

  constructor(name: string, socket: Socket, send: Send, onLost: (error: OpenMVError) => void) {
    super(name, onLost);
    this.#socket = socket;
    this.#send = send;
  }

  arrived({ buffer, byteOffset, length }: Uint8Array): void {
    this.#hasReceived = true;
    this.receive(new Uint8Array(buffer, byteOffset, length));
  }

  /** The system can't reach the other end, or the other end refuses. */
  fail(cause: Error): void {
    const lost = `${this.name} is no longer there (${messageOf(cause)}): is the camera on, and is its script running?`;
    this.lose(this.#hasReceived ? new OpenMVError('LINK_LOST', lost, { cause }) : unreachable(this.name, cause));
  }

  protected send(bytes: Uint8Array): Observable<never> {
    return merge(...datagramsOf(bytes).map((datagram) => this.#sent(datagram)));
  }

  protected release(): void {
    this.#socket.close();
  }

  #sent(datagram: Uint8Array): Observable<never> {
    return fromCallback((done) => {
      this.#send(datagram, (cause) => done(cause === null ? undefined : this.#refused(datagram, cause)));
    });
  }

  #refused({ length }: Uint8Array, cause: Error): OpenMVError {
    if ((cause as NodeJS.ErrnoException).code === 'EMSGSIZE')
      return new OpenMVError('TOO_LARGE', `${this.name}: ${length} bytes do not fit in a datagram`, { cause });
    this.fail(cause);
    return new OpenMVError('LINK_LOST', `${this.name} can't be written to: ${messageOf(cause)}`, { cause });
  }
}

/** Sync, header and CRCs as PROTOCOL 1 lays them out. */
const SYNC_0 = 0xaa;
const SYNC_1 = 0xd5;
const LENGTH_AT = 6;
const HEADER_BYTES = 10;
const PAYLOAD_CRC_BYTES = 4;

/**
 * Cuts a write into datagrams. A datagram holds one packet (PROTOCOL 12), so a write of several packets is cut between them.
 * Bytes that are not a whole packet go out in one piece.
 */
export function datagramsOf(bytes: Uint8Array): Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  let rest = bytes;
  for (let length = packetLength(rest); length < rest.length; length = packetLength(rest)) {
    datagrams.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return rest.length > 0 ? [...datagrams, rest] : datagrams;
}

/** The length of the packet at the beginning, or `Infinity` if there is none. */
function packetLength(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES || bytes[0] !== SYNC_0 || bytes[1] !== SYNC_1) return Infinity;
  const payload = (bytes[LENGTH_AT] as number) | ((bytes[LENGTH_AT + 1] as number) << 8);
  return payload === 0 ? HEADER_BYTES : HEADER_BYTES + payload + PAYLOAD_CRC_BYTES;
}

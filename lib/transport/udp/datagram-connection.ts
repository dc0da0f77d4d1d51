import type { Socket } from 'node:dgram';
import { AsyncSubject, merge, type Observable, Subject } from 'rxjs';
import { messageOf, OpenMVError } from '../../errors.js';
import type { Connection } from '../transport.js';
import { datagramsOf } from './datagrams.js';

/** Room for a long reply of a camera that sends all of it at once; the system gives as much of it as it allows. */
export const RECEIVE_BUFFER_BYTES = 1 << 20;

/** Sends one datagram, and calls back when the system has it or refuses it. */
export type Send = (datagram: Uint8Array, sent: (error: Error | null) => void) => void;

/** A socket as a connection: each datagram that comes is a chunk, and each packet that goes is a datagram. */
export class DatagramConnection implements Connection {
  readonly #arriving = new Subject<Uint8Array>();
  readonly bytes$ = this.#arriving.asObservable();
  #over = false;

  /** @param onFailure called with what the system says to a datagram that it can't send, unless it is too large */
  constructor(
    private readonly name: string,
    private readonly socket: Socket,
    private readonly send: Send,
    private readonly onFailure: (cause: Error) => void,
  ) {}

  arrived({ buffer, byteOffset, length }: Uint8Array): void {
    if (length > 0) this.#arriving.next(new Uint8Array(buffer, byteOffset, length));
  }

  write(bytes: Uint8Array): Observable<never> {
    return merge(...datagramsOf(bytes).map((datagram) => this.#sent(datagram)));
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.socket.close();
    this.#arriving.complete();
  }

  #sent(datagram: Uint8Array): Observable<never> {
    const done = new AsyncSubject<never>();
    if (this.#over) done.error(new OpenMVError('LINK_LOST', `${this.name} was closed`));
    else {
      this.send(datagram, (cause) => {
        if (cause === null) done.complete();
        else done.error(this.#refused(datagram, cause));
      });
    }
    return done;
  }

  #refused({ length }: Uint8Array, cause: Error): OpenMVError {
    if ((cause as NodeJS.ErrnoException).code === 'EMSGSIZE')
      return new OpenMVError('TOO_LARGE', `${this.name}: ${length} bytes do not fit in a datagram`, { cause });
    if (!this.#over) this.onFailure(cause);
    return new OpenMVError('LINK_LOST', `${this.name} can't be written to: ${messageOf(cause)}`, { cause });
  }
}

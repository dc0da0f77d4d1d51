import type { Socket, TcpNetConnectOpts } from 'node:net';
import { AsyncSubject, type Observable, Subject } from 'rxjs';
import { messageOf, OpenMVError } from '../../errors.js';
import type { Connection } from '../transport.js';

/**
 * What both ends want of a socket: each packet goes out at once, and a peer that vanishes while nothing is said is
 * noticed after 15 seconds, for behind these 5 the system asks ten times, a second apart.
 */
export const SOCKET_OPTIONS = {
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 5000,
} as const satisfies Partial<TcpNetConnectOpts>;

/** A connected socket, until either end closes it. */
export class SocketConnection implements Connection {
  readonly #arriving = new Subject<Uint8Array>();
  readonly bytes$ = this.#arriving.asObservable();
  #over = false;
  #heard = false;

  /** @param onLost called once when the other end, or the way there, has gone; never after `close()` */
  constructor(
    readonly name: string,
    private readonly socket: Socket,
    private readonly onLost: (error: OpenMVError) => void,
  ) {
    socket.on('error', (cause) => this.#lose(`was lost (${messageOf(cause)})`, cause));
    socket.once('end', () => this.#lose('closed the connection'));
  }

  /** Begins to read; to be called when the connection has been handed over. */
  start(): void {
    if (this.#over) return;
    this.socket.on('data', ({ buffer, byteOffset, length }) => {
      this.#heard = true;
      this.#arriving.next(new Uint8Array(buffer, byteOffset, length));
    });
    this.socket.resume();
  }

  write(bytes: Uint8Array): Observable<never> {
    const done = new AsyncSubject<never>();
    if (this.#over) done.error(this.#loss('was closed'));
    else {
      this.socket.write(bytes, (cause) => {
        // Of what was under way when a socket is destroyed, the platform says that it was written.
        if (cause || this.#over) done.error(this.#loss('was closed before all was written', cause));
        else done.complete();
      });
    }
    return done.asObservable();
  }

  /** Closes it at once; what the system has not taken yet is not sent. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.socket.destroy();
    this.#arriving.complete();
  }

  #lose(what: string, cause?: unknown): void {
    if (this.#over) return;
    // Whoever hears of the loss closes the connection, before which bytes$ has not completed.
    this.onLost(this.#loss(this.#heard ? what : `${what} without a word: is it in use already?`, cause));
    this.close();
  }

  #loss(what: string, cause?: unknown): OpenMVError {
    return new OpenMVError('LINK_LOST', `${this.name} ${what}`, { cause });
  }
}

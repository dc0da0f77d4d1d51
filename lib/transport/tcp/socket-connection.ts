import type { Socket, TcpNetConnectOpts } from 'node:net';
import type { Observable } from 'rxjs';
import { messageOf, OpenMVError } from '../../errors.js';
import { BaseConnection, fromCallback } from '../connection.js';

/**
 * The options of the sockets at both ends. Each packet goes out at once. A peer that vanishes while nothing is sent is noticed
 * after 15 seconds: after these 5 the system probes ten times, a second apart.
 */
export const SOCKET_OPTIONS = {
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 5000,
} as const satisfies Partial<TcpNetConnectOpts>;

/** A connected socket. */
export class SocketConnection extends BaseConnection {
  readonly #socket: Socket;
  #hasReceived = false;

  constructor(name: string, socket: Socket, onLost: (error: OpenMVError) => void) {
    super(name, onLost);
    this.#socket = socket;
    socket.on('error', (cause) => this.#lost(`was lost (${messageOf(cause)})`, cause));
    socket.once('end', () => this.#lost('closed the connection'));
  }

  /** Begins to read. Call it when the connection has been handed over. */
  start(): void {
    if (this.isClosed) return;
    this.#socket.on('data', ({ buffer, byteOffset, length }) => {
      this.#hasReceived = true;
      this.receive(new Uint8Array(buffer, byteOffset, length));
    });
    this.#socket.resume();
  }

  protected send(bytes: Uint8Array): Observable<never> {
    return fromCallback((done) => {
      this.#socket.write(bytes, (cause) => {
        // When a socket is destroyed, the platform reports its pending writes as written.
        done(cause || this.isClosed ? this.#loss('was closed before all bytes were written', cause) : undefined);
      });
    });
  }

  /** Drops bytes that the system has not accepted yet. */
  protected release(): void {
    this.#socket.destroy();
  }

  #lost(what: string, cause?: unknown): void {
    const words = this.#hasReceived ? what : `${what} before sending anything: is it already in use?`;
    this.lose(this.#loss(words, cause));
  }

  #loss(what: string, cause?: unknown): OpenMVError {
    return new OpenMVError('LINK_LOST', `${this.name} ${what}`, { cause });
  }
}

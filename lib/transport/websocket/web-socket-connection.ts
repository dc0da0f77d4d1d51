import { type Observable, throwError } from 'rxjs';
import { messageOf, OpenMVError } from '../../errors.js';
import { BaseConnection } from '../connection.js';
import { Drain } from './drain.js';
import { closed, type Ending, refused } from './failures.js';
import { KeepAlive, type Pinging } from './keep-alive.js';
import { OPEN, type WebSocketLike } from './web-socket-like.js';

/** The events of a {@link WebSocketConnection}. */
export interface WebSocketEvents {
  readonly opened: () => void;
  /** The socket did not open, or was lost. Called at most once, and never after `close()`. */
  readonly lost: (error: OpenMVError) => void;
}

/** A socket, from its construction on. */
export class WebSocketConnection extends BaseConnection {
  readonly #socket: WebSocketLike;
  readonly #drain: Drain;
  #keepAlive: KeepAlive | undefined;
  #hasOpened = false;
  #error: unknown;

  constructor(name: string, socket: WebSocketLike, { opened, lost }: WebSocketEvents) {
    super(name, lost);
    this.#socket = socket;
    this.#drain = new Drain(socket);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.#hasOpened = true;
      if (canPing(socket)) this.#keepAlive = new KeepAlive(socket, () => this.#abandon('stopped answering'));
      opened();
    };
    socket.onmessage = ({ data }: { data: ArrayBuffer | string }) => this.#take(data);
    // A close always follows. Browsers do not say what went wrong, `ws` does.
    socket.onerror = ({ error }: { error?: unknown }) => {
      this.#error = error;
    };
    socket.onclose = ({ code, reason }: Ending) => this.#ended({ code, reason, error: this.#error });
  }

  protected send(bytes: Uint8Array): Observable<never> {
    if (this.#socket.readyState !== OPEN) return throwError(() => this.wasClosed());
    try {
      this.#socket.send(bytes);
    } catch (cause) {
      const message = `${this.name} can't be written to: ${messageOf(cause)}`;
      return throwError(() => new OpenMVError('LINK_LOST', message, { cause }));
    }
    return this.#drain.passed();
  }

  protected release(): void {
    this.#keepAlive?.stop();
    // Keep `onerror`: a `ws` that is closed while it connects reports an error, and throws it if nobody listens.
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#drain.fail(this.wasClosed());
    this.#socket.close();
  }

  #take(data: ArrayBuffer | string): void {
    this.#keepAlive?.heard();
    if (typeof data === 'string') this.#abandon('sent text, but a camera sends bytes: is the address right?');
    else this.receive(new Uint8Array(data));
  }

  #ended(ending: Ending): void {
    this.#lost(this.#hasOpened ? closed(this.name, ending) : refused(this.name, ending));
  }

  /** Ends the connection without waiting for the other end, which may be gone. */
  #abandon(what: string): void {
    this.#lost(new OpenMVError('LINK_LOST', `${this.name} ${what}`));
    this.#socket.terminate?.();
  }

  #lost(error: OpenMVError): void {
    this.#drain.fail(error);
    this.lose(error);
  }
}

function canPing(socket: WebSocketLike): socket is WebSocketLike & Pinging {
  return typeof socket.ping === 'function' && typeof socket.on === 'function';
}

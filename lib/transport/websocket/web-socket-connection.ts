import { type Observable, Subject, throwError } from 'rxjs';
import { messageOf, OpenMVError } from '../../errors.js';
import type { Connection } from '../transport.js';
import { Drain } from './drain.js';
import { closed, type Ending, refused } from './failures.js';
import { KeepAlive, type Pinging } from './keep-alive.js';
import { OPEN, type WebSocketLike } from './web-socket-like.js';

/** What a {@link Session} tells; `ended` is told once, and nothing behind it or behind `close()`. */
export interface SessionEvents {
  readonly opened: () => void;
  readonly ended: (error: OpenMVError) => void;
}

/** A socket from its making to its end. */
export class Session implements Connection {
  readonly #arriving = new Subject<Uint8Array>();
  readonly bytes$ = this.#arriving.asObservable();
  readonly #drain: Drain;
  #keepAlive: KeepAlive | undefined;
  #opened = false;
  #over = false;
  #error: unknown;

  constructor(
    private readonly name: string,
    private readonly socket: WebSocketLike,
    private readonly events: SessionEvents,
  ) {
    this.#drain = new Drain(socket);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.#open();
    socket.onmessage = ({ data }: { data: ArrayBuffer | string }) => this.#take(data);
    // A close always follows. Browsers do not say what was wrong, `ws` does.
    socket.onerror = ({ error }: { error?: unknown }) => {
      this.#error = error;
    };
    socket.onclose = (ending: Ending) => this.#ended({ code: ending.code, reason: ending.reason, error: this.#error });
  }

  write(bytes: Uint8Array): Observable<never> {
    if (this.#over || this.socket.readyState !== OPEN) return throwError(() => this.#wasClosed());
    try {
      this.socket.send(bytes);
    } catch (cause) {
      const message = `${this.name} can't be written to: ${messageOf(cause)}`;
      return throwError(() => new OpenMVError('LINK_LOST', message, { cause }));
    }
    return this.#drain.passed();
  }

  close(): void {
    this.#end();
    this.socket.close();
  }

  #open(): void {
    this.#opened = true;
    if (canPing(this.socket))
      this.#keepAlive = new KeepAlive(this.socket, () => this.#lose('does not answer any more'));
    this.events.opened();
  }

  #take(data: ArrayBuffer | string): void {
    this.#keepAlive?.heard();
    if (typeof data === 'string') this.#lose('sent text, where a camera sends bytes: is it the right address?');
    else this.#arriving.next(new Uint8Array(data));
  }

  #ended(ending: Ending): void {
    const error = this.#opened ? closed(this.name, ending) : refused(this.name, ending);
    this.#drain.fail(error);
    this.events.ended(error);
  }

  /** Where this end has to say that it is over; the other one may not be there to be asked. */
  #lose(what: string): void {
    const error = new OpenMVError('LINK_LOST', `${this.name} ${what}`);
    this.#drain.fail(error);
    this.events.ended(error);
    this.socket.terminate?.();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#keepAlive?.stop();
    // Not `onerror`: a `ws` that is closed while it connects reports that as an error, and an unheard one is thrown.
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.#drain.fail(this.#wasClosed());
    this.#arriving.complete();
  }

  #wasClosed(): OpenMVError {
    return new OpenMVError('LINK_LOST', `${this.name} was closed`);
  }
}

function canPing(socket: WebSocketLike): socket is WebSocketLike & Pinging {
  return typeof socket.ping === 'function' && typeof socket.on === 'function';
}

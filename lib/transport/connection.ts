import { AsyncSubject, type Observable, Subject, throwError } from 'rxjs';
import { OpenMVError } from '../errors.js';
import type { Connection } from './transport.js';

/**
 * The base of every adapter's connection. It ends once: by `close()`, or by a loss, which `open()` reports before `bytes$`
 * completes. After its end it emits nothing, and `write()` errors with `LINK_LOST`.
 */
export abstract class BaseConnection implements Connection {
  readonly name: string;
  readonly bytes$: Observable<Uint8Array>;
  readonly #received = new Subject<Uint8Array>();
  readonly #onLost: (error: OpenMVError) => void;
  #isLost = false;
  #isClosed = false;

  /** @param onLost reports a loss. It is called at most once, and never after `close()`. */
  constructor(name: string, onLost: (error: OpenMVError) => void) {
    this.name = name;
    this.bytes$ = this.#received.asObservable();
    this.#onLost = onLost;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  write(bytes: Uint8Array): Observable<never> {
    return this.#isLost || this.#isClosed ? throwError(() => this.wasClosed()) : this.send(bytes);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.release();
    this.#received.complete();
  }

  /** Hands a chunk to the subscribers. An empty chunk says nothing and is dropped. */
  protected receive(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#received.next(chunk);
  }

  protected lose(error: OpenMVError): void {
    if (this.#isLost || this.#isClosed) return;
    this.#isLost = true;
    this.#onLost(error);
    this.close();
  }

  protected wasClosed(cause?: unknown): OpenMVError {
    return new OpenMVError('LINK_LOST', `${this.name} was closed`, { cause });
  }

  /** Sends at once, as `Connection.write` describes. It is not called after the end. */
  protected abstract send(bytes: Uint8Array): Observable<never>;

  /** Releases the resources of the connection. It is called once. */
  protected abstract release(): void;
}

/** Calls `start` at once. Completes when its callback is called without an error, and otherwise errors. */
export function fromCallback(start: (done: (error?: unknown) => void) => void): Observable<never> {
  const outcome = new AsyncSubject<never>();
  start((error) => {
    if (error === undefined || error === null) outcome.complete();
    else outcome.error(error);
  });
  return outcome.asObservable();
}

/**
 * The ports that this process is still closing. Closing continues after an unsubscription has returned, and until then the port
 * is locked, so an opening waits for it here.
 */
export class PendingReleases<Port> {
  readonly #pending = new Map<Port, Promise<unknown>>();

  add(port: Port, done: Promise<unknown> | undefined): void {
    const all = Promise.allSettled([this.#pending.get(port), done]).then(() => {
      if (this.#pending.get(port) === all) this.#pending.delete(port);
    });
    this.#pending.set(port, all);
  }

  /** Resolves when every release of the port so far is done. */
  async of(port: Port): Promise<void> {
    await this.#pending.get(port);
  }
}

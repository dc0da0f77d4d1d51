import { AsyncSubject, type Observable, Subject } from 'rxjs';
import { OpenMVError } from '../../errors.js';
import type { Connection } from '../transport.js';
import { lost } from './failures.js';
import type { WebSerialPort, WebSerialReader, WebSerialWriter } from './web-serial-like.js';

/** An open port, until it is closed. */
export class Session implements Connection {
  readonly #arriving = new Subject<Uint8Array>();
  readonly bytes$ = this.#arriving.asObservable();
  readonly #writer: WebSerialWriter | undefined;
  #reader: WebSerialReader | undefined;
  #over = false;

  /** @param onLost called when the port has gone; not after `close()` */
  constructor(
    private readonly name: string,
    private readonly port: WebSerialPort,
    private readonly onLost: (error: OpenMVError) => void,
  ) {
    this.#writer = port.writable?.getWriter();
  }

  /** Begins to read; to be called when the connection has been handed over. */
  start(): void {
    void this.#readAll().then((cause) => this.lose(cause));
  }

  write(bytes: Uint8Array): Observable<never> {
    const done = new AsyncSubject<never>();
    if (this.#over || !this.#writer) done.error(this.#wasClosed());
    else
      this.#writer.write(bytes).then(
        () => done.complete(),
        (cause: unknown) => {
          done.error(this.#over ? this.#wasClosed(cause) : lost(this.name, cause));
          this.lose(cause);
        },
      );
    return done.asObservable();
  }

  lose(cause?: unknown): void {
    if (!this.#over) this.onLost(lost(this.name, cause));
  }

  /** Resolves when the port can be opened again. What was written and is not sent yet is dropped. */
  async close(): Promise<void> {
    this.#over = true;
    this.#arriving.complete();
    // A port does not close while somebody holds its streams.
    await Promise.allSettled([this.#reader?.cancel(), this.#writer?.abort()]);
    this.#reader?.releaseLock();
    this.#writer?.releaseLock();
    await this.port.close();
  }

  /** Until the port is closed or gone, which is resolved with its cause. */
  async #readAll(): Promise<unknown> {
    let failed: WebSerialPort['readable'] | undefined;
    let cause: unknown;
    for (;;) {
      const { readable } = this.port;
      if (this.#over || readable === null || readable === failed) return cause;
      const reader = readable.getReader();
      this.#reader = reader;
      try {
        for (let result = await reader.read(); !result.done; result = await reader.read())
          if (result.value) this.#arriving.next(result.value);
        return undefined;
      } catch (error) {
        // Bytes were lost, such as to a full buffer, and the port goes on with another stream; or it went with this one.
        [failed, cause] = [readable, error];
        reader.releaseLock();
      }
    }
  }

  #wasClosed(cause?: unknown): OpenMVError {
    return new OpenMVError('LINK_LOST', `${this.name}: the camera was closed`, { cause });
  }
}

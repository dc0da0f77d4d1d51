import type { Observable } from 'rxjs';
import { messageOf, OpenMVError } from '../../errors.js';
import { BaseConnection, fromCallback } from '../connection.js';
import type { PortEvents, PortIo } from './port-io.js';

/** An open port. It notices when the port is lost. The transport closes the port. */
export class PortConnection extends BaseConnection {
  readonly #io: PortIo;

  constructor(path: string, ioOf: (events: PortEvents) => PortIo, onLost: (error: OpenMVError) => void) {
    super(path, onLost);
    this.#io = ioOf({
      arrived: (chunk) => this.receive(chunk),
      gone: (cause) => this.lose(this.#loss(cause)),
    });
  }

  /** Begins to read. Call it when the connection has been handed over. */
  start(): void {
    this.#io.start();
  }

  protected send(bytes: Uint8Array): Observable<never> {
    return fromCallback((done) => {
      this.#io.write(bytes, (cause) => done(cause === undefined ? undefined : this.#loss(cause)));
    });
  }

  protected release(): void {
    this.#io.end();
  }

  #loss(cause: unknown): OpenMVError {
    if (this.isClosed) return this.wasClosed(cause);
    const message = `${this.name} went away (${messageOf(cause)}): was it unplugged, or did the camera restart?`;
    return new OpenMVError('LINK_LOST', message, { cause });
  }
}

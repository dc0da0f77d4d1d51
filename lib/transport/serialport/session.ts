import { AsyncSubject, type Observable, Subject } from 'rxjs';
import { OpenMVError } from '../../errors.js';
import type { Connection } from '../transport.js';
import type { Port } from './port.js';
import { readPort } from './read-port.js';

/** A port from its opening to its closing. It does not close the port; it notices when the port is gone. */
export class Session implements Connection {
  private readonly arriving = new Subject<Uint8Array>();
  readonly bytes$ = this.arriving.asObservable();
  private lastWrite: Promise<void> = Promise.resolve();
  private over = false;

  constructor(
    private readonly path: string,
    private readonly port: Port,
    private readonly lost: (error: OpenMVError) => void,
  ) {}

  /** Begins to read; to be called when the connection has been handed over. */
  start(): void {
    readPort(
      this.port,
      (chunk) => {
        this.arriving.next(chunk);
      },
      (cause) => {
        this.lose(cause);
      },
    );
  }

  end(): void {
    this.over = true;
    this.arriving.complete();
  }

  write(bytes: Uint8Array): Observable<never> {
    const done = new AsyncSubject<never>();
    const send = async (): Promise<void> => {
      try {
        if (this.over) throw new Error('the port was closed');
        await this.port.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
        done.complete();
      } catch (cause) {
        // A closing port cancels the write under way; that was asked for, and is no loss.
        if (this.over) done.error(new OpenMVError('LINK_LOST', `${this.path}: the port was closed`, { cause }));
        else done.error(this.lose(cause));
      }
    };
    this.lastWrite = this.lastWrite.then(send);
    return done.asObservable();
  }

  private lose(cause: unknown): OpenMVError {
    const error = new OpenMVError('LINK_LOST', `${this.path} went away: unplugged, or the camera restarted?`, {
      cause,
    });
    if (!this.over) this.lost(error);
    return error;
  }
}

import { AsyncSubject, type Observable, Subject } from 'rxjs';
import { messageOf, OpenMVError } from '../../errors.js';
import type { Connection } from '../transport.js';
import type { PortEvents, PortIo } from './port-io.js';

/** A port from its opening to its closing. It does not close the port; it notices when the port is gone. */
export class Session implements Connection {
  private readonly arriving = new Subject<Uint8Array>();
  readonly bytes$ = this.arriving.asObservable();
  private readonly io: PortIo;
  private over = false;

  constructor(
    private readonly path: string,
    ioOf: (events: PortEvents) => PortIo,
    lost: (error: OpenMVError) => void,
  ) {
    const events = {
      arrived: (chunk: Uint8Array) => {
        this.arriving.next(chunk);
      },
      gone: (cause: unknown) => {
        lost(this.lossOf(cause));
      },
    };
    this.io = ioOf(events);
  }

  /** Begins to read; to be called when the connection has been handed over. */
  start(): void {
    this.io.start();
  }

  end(): void {
    this.over = true;
    this.arriving.complete();
    this.io.end();
  }

  write(bytes: Uint8Array): Observable<never> {
    const done = new AsyncSubject<never>();
    if (this.over) done.error(this.lossOf(new Error('the port was closed')));
    else {
      this.io.write(bytes, (cause) => {
        if (cause === undefined) done.complete();
        else done.error(this.lossOf(cause));
      });
    }
    return done.asObservable();
  }

  private lossOf(cause: unknown): OpenMVError {
    const message = this.over
      ? `${this.path}: ${messageOf(cause)}`
      : `${this.path} went away (${messageOf(cause)}): was it unplugged, or has the camera restarted?`;
    return new OpenMVError('LINK_LOST', message, { cause });
  }
}

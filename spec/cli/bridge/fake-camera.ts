import { AsyncSubject, Observable, Subject } from 'rxjs';
import { OpenMVError } from '../../../lib/errors.js';
import type { Connection, Transport } from '../../../lib/transport/transport.js';

/** A camera whose port can be opened once at a time, and that can be lost. */
export class FakeCamera implements Transport {
  readonly name = 'camera';
  /** What was written to it, however often it was opened. */
  readonly received$ = new Subject<Uint8Array>();
  openings = 0;
  unavailable = false;
  readonly #held: (() => void)[] = [];
  #holds = false;
  #port: { readonly arriving: Subject<Uint8Array>; readonly lose: (error: Error) => void } | undefined;

  open(): Observable<Connection> {
    return new Observable((subscriber) => {
      if (this.unavailable || this.#port) {
        subscriber.error(new OpenMVError('PORT_UNAVAILABLE', 'the camera is not there'));
        return;
      }
      const arriving = new Subject<Uint8Array>();
      this.#port = { arriving, lose: (error) => subscriber.error(error) };
      this.openings++;
      subscriber.add(() => {
        this.#port = undefined;
        this.openings--;
      });
      subscriber.next({ bytes$: arriving, write: (bytes) => this.#take(bytes) });
    });
  }

  send(bytes: Uint8Array): void {
    this.#port!.arriving.next(bytes);
  }

  lose(): void {
    this.#port!.lose(new OpenMVError('LINK_LOST', 'the camera went away'));
  }

  /** Takes nothing any more; tells how many writes wait. */
  hold(): { readonly waiting: () => number; readonly release: () => void } {
    this.#holds = true;
    const release = (): void => {
      this.#holds = false;
      for (const take of this.#held.splice(0)) take();
    };
    return { waiting: () => this.#held.length, release };
  }

  #take(bytes: Uint8Array): Observable<never> {
    const done = new AsyncSubject<never>();
    const take = (): void => {
      this.received$.next(bytes);
      done.complete();
    };
    if (this.#holds) this.#held.push(take);
    else take();
    return done;
  }
}

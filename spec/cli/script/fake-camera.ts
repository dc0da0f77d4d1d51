import { BehaviorSubject, concat, defer, EMPTY, map, NEVER, type Observable, of, Subject, tap, timer } from 'rxjs';
import type { OpenMVError } from '../../../lib/errors.js';
import type { Camera, WriteProgress } from '../../../lib/index.js';

/** Stands in for a camera that runs a script: the test says what happens, and when. */
export class FakeCamera {
  readonly stdout$ = new Subject<string>();
  readonly state$ = new BehaviorSubject<{ state: string }>({ state: 'ready' });
  readonly running$ = new BehaviorSubject(false);
  readonly trace$ = new Subject<{ kind: string }>();
  /** False while it is busy, or gone. */
  answers = true;
  /** Bytes that its `stdout` still holds. */
  waiting = 0;
  /** Counts the calls of `stop`. */
  stops = 0;

  /** The same as the library's type. */
  get camera(): Camera {
    return this as unknown as Camera;
  }

  channel(): { size(): Observable<number>; poll(): Observable<boolean> } {
    return { size: () => this.#ask(() => this.waiting), poll: () => this.#ask(() => true) };
  }

  stop = (): Observable<void> =>
    defer(() => {
      this.stops++;
      return this.answers ? of(undefined) : NEVER;
    });

  /** A run whose script does these things, so many milliseconds after its start. */
  run(...course: readonly (readonly [ms: number, happens: () => void])[]): Observable<WriteProgress> {
    return concat(
      of({ sent: 3, total: 6 }, { sent: 6, total: 6 }),
      defer(() => {
        this.running$.next(true);
        for (const [ms, happens] of course) timer(ms).subscribe(happens);
        return EMPTY;
      }),
    );
  }

  /** A run that fails after its upload. */
  failing(error: OpenMVError): Observable<WriteProgress> {
    return concat(
      of({ sent: 6, total: 6 }),
      defer(() => {
        throw error;
      }),
    );
  }

  /** Ends the script, with the soft reboot that follows every end. Text may still wait, and the camera may fall silent. */
  end({ waiting = this.waiting, answers = this.answers } = {}): void {
    Object.assign(this, { waiting, answers });
    this.running$.next(false);
    this.state$.next({ state: 'rebooting' });
  }

  #ask<T>(answer: () => T): Observable<T> {
    return defer(() => (this.answers ? timer(1) : NEVER)).pipe(
      map(answer),
      tap(() => this.trace$.next({ kind: 'received' })),
    );
  }
}

import {
  defer,
  EMPTY,
  filter,
  ignoreElements,
  race,
  Subject,
  take,
  tap,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';

/** Longer than the slowest polling interval of an interested host, one second. */
export const PATIENCE_MS = 1500;

/** Tracks whether the host reads an offered entry. After a wait that timed out, further waits are skipped until the host polls again. */
export class ReadTracker {
  readonly #reads$ = new Subject<void>();
  #isPatient = false;
  readonly #scheduler: SchedulerLike;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /** Emits when the host polls or reads. */
  get reads$(): Observable<void> {
    return this.#reads$;
  }

  onRead(): void {
    this.#isPatient = true;
    this.#reads$.next();
  }

  /** Completes when `done` returns true, which is checked after each poll or read, or after {@link PATIENCE_MS}. */
  until(done: () => boolean): Observable<never> {
    return defer(() => {
      if (!this.#isPatient || done()) return EMPTY;
      const timeout$ = timer(PATIENCE_MS, this.#scheduler).pipe(tap(() => (this.#isPatient = false)));
      return race(this.#reads$.pipe(filter(done)), timeout$).pipe(take(1), ignoreElements());
    });
  }
}

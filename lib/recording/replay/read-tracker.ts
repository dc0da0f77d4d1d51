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

/** Behind the slowest look of a host that is interested: once a second. */
export const PATIENCE_MS = 1500;

/** Whether a host takes what it is offered. It is waited for when it has looked, and no more when that was in vain, until it looks again. */
export class ReadTracker {
  readonly #reads$ = new Subject<void>();
  #isPatient = false;
  readonly #scheduler: SchedulerLike;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /** Emits whenever the host has looked or taken something. */
  get reads$(): Observable<void> {
    return this.#reads$;
  }

  onRead(): void {
    this.#isPatient = true;
    this.#reads$.next();
  }

  /** Completes when `done` says so, which is asked whenever the host has done something, or when it is waited for in vain. */
  until(done: () => boolean): Observable<never> {
    return defer(() => {
      if (!this.#isPatient || done()) return EMPTY;
      const given$ = timer(PATIENCE_MS, this.#scheduler).pipe(tap(() => (this.#isPatient = false)));
      return race(this.#reads$.pipe(filter(done)), given$).pipe(take(1), ignoreElements());
    });
  }
}

import { Observable, Subscription } from 'rxjs';
import { OpenMVError } from '../../errors.js';

/** Operations that may wait for one channel. */
const MAX_WAITING = 1024;

/** One channel's operations, each of several commands, one after another in the order of their subscriptions. */
export class Lane {
  readonly #waiting = new Set<() => void>();
  #busy = false;
  #advancing = false;

  /** Whether nothing is under way and nothing waits. */
  get idle(): boolean {
    return !this.#busy && this.#waiting.size === 0;
  }

  /** `work`, when those before it have ended. Unsubscribing takes it out. Errors with `QUEUE_FULL` when 1024 wait. */
  run<T>(work: Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      const running = new Subscription();
      const start = (): void => {
        this.#waiting.delete(start);
        this.#busy = true;
        running.add(
          work.subscribe({
            next: (value) => subscriber.next(value),
            error: (error: unknown) => subscriber.error(error),
            complete: () => subscriber.complete(),
          }),
        );
        // Behind the end of the work, which may have something to send first.
        running.add(() => this.#next());
      };
      subscriber.add(running);
      subscriber.add(() => this.#waiting.delete(start));
      if (!this.#busy) start();
      else if (this.#waiting.size < MAX_WAITING) this.#waiting.add(start);
      else subscriber.error(new OpenMVError('QUEUE_FULL', `${MAX_WAITING} operations wait for this channel already`));
    });
  }

  /** A loop, and no recursion: operations that end at once are many calls deep otherwise. */
  #next(): void {
    this.#busy = false;
    if (this.#advancing) return;
    this.#advancing = true;
    for (let start = this.#startable(); start !== undefined; start = this.#startable()) start();
    this.#advancing = false;
  }

  #startable(): (() => void) | undefined {
    const [first] = this.#waiting;
    return this.#busy ? undefined : first;
  }
}

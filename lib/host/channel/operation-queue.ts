import { Observable, Subscription } from 'rxjs';
import { OpenMVError } from '../../errors.js';

/** Limit of operations that wait for one channel. */
const MAX_WAITING = 1024;

/** The operations of one channel. Each takes several commands; they run one at a time, in the order of subscription. */
export class OperationQueue {
  readonly #waiting = new Set<() => void>();
  #busy = false;
  #advancing = false;

  /** True if no operation runs or waits. */
  get idle(): boolean {
    return !this.#busy && this.#waiting.size === 0;
  }

  /** Runs `work` after the operations before it. Unsubscribing removes it. Errors with `QUEUE_FULL` if 1024 wait. */
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
        // Added after the work: its teardown may send a command, which comes before the next operation.
        running.add(() => this.#next());
      };
      subscriber.add(running);
      subscriber.add(() => this.#waiting.delete(start));
      if (!this.#busy) start();
      else if (this.#waiting.size < MAX_WAITING) this.#waiting.add(start);
      else
        subscriber.error(
          new OpenMVError('QUEUE_FULL', `${MAX_WAITING} operations are already waiting for this channel`),
        );
    });
  }

  /** A loop instead of recursion: operations that end synchronously would overflow the stack. */
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

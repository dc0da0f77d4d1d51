import { isObservable, Subscription, type Observable } from 'rxjs';
import { requireOptions, requireWhole, type OptionNames, requireArgument, requireOneOf } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { untilGone } from '../operators/until-gone.js';

/** Options of `iterate`. */
export interface IterateOptions {
  /** The most values that wait while the body of the loop is busy. Default 16. */
  readonly limit?: number;
  /**
   * Chooses what happens to another value when the queue is full:
   *
   * - `'error'` (default): the loop gets the values that wait, then throws `QUEUE_FULL`;
   * - `'drop'`: the oldest value that waits is dropped and counted.
   */
  readonly overflow?: 'error' | 'drop';
}

/** An Observable for `for await`. */
export interface Iterated<T> extends AsyncIterable<T> {
  /** The number of values dropped so far, in all of its loops. */
  readonly dropped: number;
}

/**
 * Turns an Observable into a source for `for await`, with a bounded queue.
 *
 * Each loop subscribes when it asks for its first value, and unsubscribes when it ends: at `break`, `return` and `throw`, also
 * while it waits. After the values that wait, the loop ends if the source has completed, and throws the source's error if it has
 * errored. Holds up to `limit` values. An Observable has no back-pressure: {@link IterateOptions.overflow} decides what happens if
 * the loop is slower than its source. A loop over `camera.readFrames()` slows the camera down instead.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when `source$` is not an Observable, and for a wrong option.
 *
 * @example
 * ```ts
 * import { iterate, lines, type Camera } from 'openmv-rx';
 *
 * async function untilReady(camera: Camera): Promise<void> {
 *   for await (const line of iterate(camera.stdout$.pipe(lines()), { limit: 100 })) {
 *     if (line === 'ready') break;
 *   }
 * }
 * ```
 */
export function iterate<T>(source$: Observable<T>, options: IterateOptions = {}): Iterated<T> {
  requireOptions('iterate', options, KNOWN);
  const { limit = 16, overflow = 'error' } = options;
  requireArgument(isObservable(source$), 'iterate takes an Observable', source$);
  requireWhole('limit', limit, 1);
  requireOneOf('overflow', overflow, ['error', 'drop']);
  let dropped = 0;
  const follow = (iteration: Iteration<T>): void => {
    source$.pipe(untilGone(iteration.work)).subscribe({
      next: (value) => {
        const isFull = iteration.held === limit;
        if (isFull && overflow === 'error') {
          iteration.fail(full(limit));
          return;
        }
        if (isFull) {
          iteration.dropOldest();
          dropped++;
        }
        iteration.push(value);
      },
      error: (error: unknown) => iteration.fail(error),
      complete: () => iteration.complete(),
    });
  };
  return {
    get dropped() {
      return dropped;
    },
    [Symbol.asyncIterator]: () => {
      let isBegun = false;
      return new Iteration<T>((iteration) => {
        if (isBegun) return;
        isBegun = true;
        follow(iteration);
      });
    },
  };
}

function full(limit: number): OpenMVError {
  return new OpenMVError(
    'QUEUE_FULL',
    `more than ${limit} values wait because the loop is slower than its source: raise limit, or drop values with overflow: 'drop'`,
  );
}

const KNOWN: OptionNames<IterateOptions> = { limit: true, overflow: true };

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One `for await` loop over pushed values. It releases its source as soon as the loop is left, also while a `next()` is
 * pending; an async generator would run its `finally` only after the next value. An error waits for the `next()` that takes
 * it, so it is never an unhandled rejection.
 */
export class Iteration<T> implements AsyncIterator<T, undefined> {
  /** The loop's resources, which it releases at its end. */
  readonly work = new Subscription();
  readonly #values: T[] = [];
  readonly #waiters: Waiter<T>[] = [];
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;
  readonly #ask: (iteration: Iteration<T>) => void;

  /** @param ask is called whenever a `next()` finds no value */
  constructor(ask: (iteration: Iteration<T>) => void) {
    this.#ask = ask;
  }

  /** The number of values that wait for a `next()`. */
  get held(): number {
    return this.#values.length;
  }

  /** True while a `next()` waits for a value. */
  get isAsked(): boolean {
    return this.#waiters.length > 0;
  }

  push(value: T): void {
    if (this.#isOver) return;
    this.#values.push(value);
    this.#settle();
  }

  dropOldest(): void {
    this.#values.shift();
  }

  /** Ends the loop after the values that wait. */
  complete(): void {
    this.#isOver = true;
    this.work.unsubscribe();
    this.#settle();
  }

  /** Ends the loop after the values that wait, and throws the error once. */
  fail(error: unknown): void {
    if (!this.#isOver) this.#failure = { error };
    this.complete();
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#settle();
      if (this.isAsked) this.#ask(this);
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#values.length = 0;
    this.#failure = undefined;
    this.complete();
    return Promise.resolve({ done: true, value: undefined });
  }

  #settle(): void {
    while (this.#waiters.length > 0 && this.#values.length > 0) {
      this.#waiters.shift()?.resolve({ done: false, value: this.#values.shift() as T });
    }
    if (!this.#isOver) return;
    for (const { resolve, reject } of this.#waiters.splice(0)) {
      if (this.#failure) reject(this.#failure.error);
      else resolve({ done: true, value: undefined });
      this.#failure = undefined;
    }
  }
}

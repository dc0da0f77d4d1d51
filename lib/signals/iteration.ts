import { Subscription } from 'rxjs';

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One `for await` loop over values that are pushed. Unlike an async generator, which runs its `finally` only when the next value
 * has come, it lets go of its source at once when the loop is left, also while a `next()` is pending. An error waits for the
 * `next()` that takes it, so that it is never an unhandled rejection.
 */
export class Iteration<T> implements AsyncIterator<T, undefined> {
  /** Everything that the loop holds; it ends with it. */
  readonly work = new Subscription();
  readonly #values: T[] = [];
  readonly #waiters: Waiter<T>[] = [];
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;

  /** @param ask is called whenever a `next()` finds no value */
  constructor(private readonly ask: (iteration: Iteration<T>) => void) {}

  /** Values that nobody has asked for yet. */
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

  /** Nothing more comes; the values that are held still do. */
  complete(): void {
    this.#isOver = true;
    this.work.unsubscribe();
    this.#settle();
  }

  /** As {@link complete}, and then the error is thrown, once. */
  fail(error: unknown): void {
    if (!this.#isOver) this.#failure = { error };
    this.complete();
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#settle();
      if (this.isAsked) this.ask(this);
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

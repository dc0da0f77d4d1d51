import { type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';

/**
 * Virtual time for long runs: as `Clock`, but a timer that goes on for hours costs no more than one that strikes once.
 * (Each strike of an interval on RxJS's own is a child of the one before, until the stack is too small for all of them.)
 */
export class SteadyClock implements SchedulerLike {
  #now = 0;
  #order = 0;
  /** A heap: the next to strike is first. */
  readonly #due: Strike[] = [];
  #pending = 0;

  now(): number {
    return this.#now;
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    return new Timer(this, work).schedule(state, delay);
  }

  /** Lets time pass, and with it all that is due. */
  pass(ms: number): void {
    const until = this.#now + ms;
    for (let next = this.#due[0]; next !== undefined && next.at <= until; next = this.#due[0]) {
      this.#pop();
      if (next.cancelled) continue;
      this.#pending--;
      this.#now = Math.max(this.#now, next.at);
      next.strike();
    }
    this.#now = until;
  }

  /** Timers that are still to strike. */
  get pending(): number {
    return this.#pending;
  }

  /** Has something done after `delay`; the result cancels that. */
  strikeIn(delay: number, strike: () => void): () => void {
    const due: Strike = { at: this.#now + Math.max(0, delay), order: this.#order++, cancelled: false, strike };
    this.#pending++;
    this.#push(due);
    let over = false;
    due.strike = () => {
      over = true;
      strike();
    };
    return () => {
      if (over || due.cancelled) return;
      due.cancelled = true;
      this.#pending--;
    };
  }

  #push(due: Strike): void {
    const heap = this.#due;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(due, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = due;
  }

  #pop(): void {
    const heap = this.#due;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

interface Strike {
  readonly at: number;
  readonly order: number;
  cancelled: boolean;
  strike: () => void;
}

function before(a: Strike, b: Strike): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

class Timer<T> extends Subscription implements SchedulerAction<T> {
  #cancel: () => void = () => undefined;
  #settings = 0;

  constructor(
    private readonly clock: SteadyClock,
    private readonly work: (this: SchedulerAction<T>, state?: T) => void,
  ) {
    super(() => this.#cancel());
  }

  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this;
    this.#cancel();
    const setting = ++this.#settings;
    this.#cancel = this.clock.strikeIn(delay, () => {
      this.work(state);
      // One that was not set again is over, and leaves whatever holds it.
      if (this.#settings === setting) this.unsubscribe();
    });
    return this;
  }
}

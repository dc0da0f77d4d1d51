import { type Subscription, timer } from 'rxjs';

/** How long one that is too many waits for the other to leave, so that a host can go and come back at once. */
const PATIENCE_MS = 250;

/** Lets one in at a time; who comes meanwhile waits a moment and is then turned away. */
export class OneAtATime<T> {
  readonly #waiting = new Map<T, Subscription>();
  #isTaken = false;

  /**
   * @param admit has to call `left` once, when the one has left
   * @param refuse called for one that has waited in vain
   */
  constructor(
    private readonly admit: (one: T, left: () => void) => void,
    private readonly refuse: (one: T) => void,
  ) {}

  arrive(one: T): void {
    if (!this.#isTaken) {
      this.#take(one);
      return;
    }
    const patience = timer(PATIENCE_MS).subscribe(() => {
      this.#waiting.delete(one);
      this.refuse(one);
    });
    this.#waiting.set(one, patience);
  }

  close(): void {
    for (const patience of this.#waiting.values()) patience.unsubscribe();
    this.#waiting.clear();
  }

  #take(one: T): void {
    this.#isTaken = true;
    this.admit(one, () => {
      this.#isTaken = false;
      const [next] = this.#waiting;
      if (next === undefined) return;
      const [first, patience] = next;
      patience.unsubscribe();
      this.#waiting.delete(first);
      this.#take(first);
    });
  }
}

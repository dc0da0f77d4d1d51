import { type Subscription, timer } from 'rxjs';

/** How long a host waits for another one to leave, so that a host can leave and come back at once. */
const WAIT_MS = 250;

/** Admits up to `limit` hosts at a time. Others queue briefly, in the order they came, and are then refused. */
export class Admission<Host> {
  readonly #waiting = new Map<Host, Subscription>();
  readonly #limit: number;
  readonly #admit: (host: Host, left: () => void) => void;
  readonly #refuse: (host: Host) => void;
  #admitted = 0;

  /** @param admit serves a host, and calls `left` once when the host has left */
  constructor(limit: number, admit: (host: Host, left: () => void) => void, refuse: (host: Host) => void) {
    this.#limit = limit;
    this.#admit = admit;
    this.#refuse = refuse;
  }

  arrive(host: Host): void {
    if (this.#admitted < this.#limit) {
      this.#enter(host);
      return;
    }
    const timeout = timer(WAIT_MS).subscribe(() => {
      this.#waiting.delete(host);
      this.#refuse(host);
    });
    this.#waiting.set(host, timeout);
  }

  /** Empties the queue, and returns the hosts that were in it. */
  clear(): Host[] {
    const hosts = [...this.#waiting.keys()];
    for (const timeout of this.#waiting.values()) timeout.unsubscribe();
    this.#waiting.clear();
    return hosts;
  }

  #enter(host: Host): void {
    this.#admitted++;
    this.#admit(host, () => {
      this.#admitted--;
      const [first] = this.#waiting;
      if (first === undefined) return;
      const [next, timeout] = first;
      timeout.unsubscribe();
      this.#waiting.delete(next);
      this.#enter(next);
    });
  }
}

import type { SchedulerLike } from 'rxjs';

/** The longest interval between polls, for a silent stream (PROTOCOL 8). */
const LONGEST_MS = 1000;
/** The shortest interval: the camera refuses a LOCK sooner than this after the last one. */
const SHORTEST_MS = 12;
/** A notification counts as lost after this multiple of the usual interval between frames. */
const LATE = 1.5;

/** The intervals for polling frames whose notification was lost: short while frames arrive, long in a silent stream. */
export class FramePolling {
  #intervalMs = LONGEST_MS;
  #lastAt: number | undefined;
  #polledAt = 0;

  readonly #scheduler: SchedulerLike;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /** Records that the camera was polled, and whether it had a frame. */
  polled(found: boolean): void {
    const now = this.#scheduler.now();
    this.#polledAt = now;
    if (!found) {
      this.#intervalMs *= 2;
      return;
    }
    if (this.#lastAt !== undefined) {
      const sinceLast = Math.min(now - this.#lastAt, LONGEST_MS);
      // The interval falls at once and rises slowly: one late frame does not make a slow stream.
      this.#intervalMs =
        sinceLast < this.#intervalMs ? sinceLast : this.#intervalMs + (sinceLast - this.#intervalMs) / 8;
    }
    this.#lastAt = now;
  }

  /** The milliseconds until the next poll. */
  nextMs(): number {
    this.#intervalMs = Math.min(this.#intervalMs, LONGEST_MS);
    const afterMs = Math.min(Math.max(LATE * this.#intervalMs, SHORTEST_MS), LONGEST_MS);
    return Math.max(this.#polledAt + afterMs - this.#scheduler.now(), 0);
  }
}

import type { SchedulerLike } from 'rxjs';

/** A camera that has shown nothing for a while is looked at once a second (PROTOCOL 8). */
const LONGEST_LOOK_MS = 1000;
/** Sooner than this after the last LOCK, the camera refuses the next. */
const SHORTEST_LOOK_MS = 12;
/** So many usual intervals after the last frame, the notification of the next one is taken for lost. */
const LATE = 1.5;

/** Tells when to look for a frame that was not announced: soon in a lively stream, seldom in a silent one. */
export class FrameRhythm {
  #intervalMs = LONGEST_LOOK_MS;
  #lastAt: number | undefined;
  #lookedAt = 0;

  constructor(private readonly scheduler: SchedulerLike) {}

  /** The camera was asked, and had a frame or not. */
  looked(found: boolean): void {
    const now = this.scheduler.now();
    this.#lookedAt = now;
    if (!found) {
      this.#intervalMs *= 2;
      return;
    }
    if (this.#lastAt !== undefined) {
      const sinceLast = Math.min(now - this.#lastAt, LONGEST_LOOK_MS);
      // Down at once, up slowly: one late frame does not make the stream a slow one.
      this.#intervalMs =
        sinceLast < this.#intervalMs ? sinceLast : this.#intervalMs + (sinceLast - this.#intervalMs) / 8;
    }
    this.#lastAt = now;
  }

  /** Milliseconds from now. */
  lookAfterMs(): number {
    this.#intervalMs = Math.min(this.#intervalMs, LONGEST_LOOK_MS);
    const afterMs = Math.min(Math.max(LATE * this.#intervalMs, SHORTEST_LOOK_MS), LONGEST_LOOK_MS);
    return Math.max(this.#lookedAt + afterMs - this.scheduler.now(), 0);
  }
}

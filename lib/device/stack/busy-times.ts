import { Subscription, type SchedulerLike } from 'rxjs';
import type { Busy } from '../device-options.js';

/** Knows when the camera is busy in native code. It then neither reads its port nor checks its timers (PROTOCOL 5c). */
export class BusyTimes {
  readonly #busy: Busy | undefined;
  readonly #scheduler: SchedulerLike;
  readonly #onFree: () => void;
  readonly #startedAt: number;
  #timer = Subscription.EMPTY;

  /** @param onFree called at the end of each busy time during which `isBusy` was read */
  constructor(busy: Busy | undefined, scheduler: SchedulerLike, onFree: () => void) {
    this.#busy = busy;
    this.#scheduler = scheduler;
    this.#onFree = onFree;
    this.#startedAt = scheduler.now();
  }

  get isBusy(): boolean {
    if (this.#busy === undefined) return false;
    const { ms, everyMs } = this.#busy;
    const leftMs = everyMs - ((this.#scheduler.now() - this.#startedAt) % everyMs);
    if (leftMs > ms) return false;
    if (this.#timer.closed) this.#wakeIn(leftMs);
    return true;
  }

  /** Closes its timer itself: a scheduler leaves the subscription of an executed action open. */
  #wakeIn(ms: number): void {
    const timer = this.#scheduler.schedule(() => {
      timer.unsubscribe();
      this.#onFree();
    }, ms);
    this.#timer = timer;
  }

  stop(): void {
    this.#timer.unsubscribe();
  }
}

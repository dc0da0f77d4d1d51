import type { SchedulerLike } from 'rxjs';

/** The playback position on the recording's clock, in milliseconds, which advances at a rate. */
export class ReplayClock {
  #rate = 0;
  #reached = 0;
  #since: number;
  readonly #scheduler: SchedulerLike;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
    this.#since = scheduler.now();
  }

  /** Milliseconds of the recording per millisecond of real time. With 0 only played entries advance the clock. */
  set rate(rate: number) {
    this.goTo(this.#now());
    this.#rate = rate;
  }

  goTo(at: number): void {
    this.#reached = at;
    this.#since = this.#scheduler.now();
  }

  /** Advances the clock to the time of a played entry. */
  passed(at: number): void {
    if (at > this.#now()) this.goTo(at);
  }

  /** Real milliseconds until a time of the recording; negative if it has passed. */
  dueIn(at: number): number {
    return (at - this.#now()) / this.#rate;
  }

  #now(): number {
    return this.#reached + (this.#scheduler.now() - this.#since) * this.#rate;
  }
}

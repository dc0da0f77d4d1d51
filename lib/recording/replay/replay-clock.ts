import type { SchedulerLike } from 'rxjs';

/** The time in a recording that is played, in milliseconds, as it passes at some rate. */
export class ReplayClock {
  #rate = 0;
  #reached = 0;
  #since: number;
  readonly #scheduler: SchedulerLike;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
    this.#since = scheduler.now();
  }

  /** What passes in the recording while one millisecond passes outside of it; 0 where only what is played moves it. */
  set rate(rate: number) {
    this.goTo(this.#now());
    this.#rate = rate;
  }

  goTo(at: number): void {
    this.#reached = at;
    this.#since = this.#scheduler.now();
  }

  /** What was at that time is played. */
  passed(at: number): void {
    if (at > this.#now()) this.goTo(at);
  }

  /** Milliseconds outside of the recording until it is so late in it; below 0 where it is later already. */
  dueIn(at: number): number {
    return (at - this.#now()) / this.#rate;
  }

  #now(): number {
    return this.#reached + (this.#scheduler.now() - this.#since) * this.#rate;
  }
}

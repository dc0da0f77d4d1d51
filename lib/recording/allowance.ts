import { BehaviorSubject, filter, type Observable } from 'rxjs';

/** How many frames one playing may still show where nothing is played but by steps. */
export class Allowance {
  readonly #frames$ = new BehaviorSubject(0);

  /** Emits when a frame may be played, at once where it may be already. */
  get allowed$(): Observable<number> {
    return this.#frames$.pipe(filter((frames) => frames > 0));
  }

  add(frames: number): void {
    this.#frames$.next(this.#frames$.value + frames);
  }

  /** A frame was played. */
  use(): void {
    this.#frames$.next(Math.max(this.#frames$.value - 1, 0));
  }

  /** What was allowed was meant for another place or another time. */
  clear(): void {
    this.#frames$.next(0);
  }
}

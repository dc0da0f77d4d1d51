import { BehaviorSubject, filter, Subject, type Observable } from 'rxjs';
import { OpenMVError } from '../errors.js';
import { checkSpeed, type ReplaySpeed } from './replay-options.js';

/** What the program wants of all that plays a recording just now. */
export class ReplayControl {
  readonly #pace$: BehaviorSubject<ReplaySpeed>;
  readonly #steps$ = new BehaviorSubject(0);
  readonly #seeks$ = new Subject<number>();
  #speed: ReplaySpeed;
  #isPaused = false;

  constructor(speed: ReplaySpeed) {
    this.#speed = speed;
    this.#pace$ = new BehaviorSubject(speed);
  }

  /** The speed at once and whenever it changes: `'step'` in a pause. */
  get pace$(): Observable<ReplaySpeed> {
    return this.#pace$;
  }

  /** Emits when a frame may be played at a step, at once where it may be already. */
  get allowed$(): Observable<number> {
    return this.#steps$.pipe(filter((frames) => frames > 0));
  }

  /** Where to go on, in milliseconds from the beginning of the recording. */
  get seeks$(): Observable<number> {
    return this.#seeks$;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  setSpeed(speed: ReplaySpeed): void {
    checkSpeed(speed);
    this.#speed = speed;
    this.#changed();
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#changed();
  }

  step(frames: number): void {
    if (!(Number.isInteger(frames) && frames > 0)) {
      throw new OpenMVError('INVALID_ARGUMENT', `a step is a whole number of frames from 1 on, not ${frames}`);
    }
    if (this.#pace$.value === 'step') this.#steps$.next(this.#steps$.value + frames);
  }

  /** A frame was played. */
  stepped(): void {
    if (this.#pace$.value === 'step') this.#steps$.next(Math.max(this.#steps$.value - 1, 0));
  }

  seek(ms: number): void {
    if (!(ms >= 0 && ms < Infinity)) {
      throw new OpenMVError(
        'INVALID_ARGUMENT',
        `a place is milliseconds from the beginning of the recording, not ${ms}`,
      );
    }
    this.#seeks$.next(ms);
  }

  #changed(): void {
    const pace = this.#isPaused ? 'step' : this.#speed;
    if (pace === this.#pace$.value) return;
    this.#steps$.next(0);
    this.#pace$.next(pace);
  }
}

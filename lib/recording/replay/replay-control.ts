import { BehaviorSubject, Subject, type Observable } from 'rxjs';
import { requireWhole } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { checkSpeed, type ReplaySpeed } from './replay-options.js';

/** What the program wants of all that plays a recording just now. */
export class ReplayControl {
  readonly #pace$: BehaviorSubject<ReplaySpeed>;
  readonly #steps$ = new Subject<number>();
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

  /** How many more frames may be played, where nothing is played but by steps. */
  get steps$(): Observable<number> {
    return this.#steps$;
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
    requireWhole('the frames of a step', frames, 1);
    if (this.#pace$.value === 'step') this.#steps$.next(frames);
  }

  seek(ms: number): void {
    if (!(typeof ms === 'number' && ms >= 0 && ms < Infinity)) {
      throw new OpenMVError(
        'INVALID_ARGUMENT',
        `a place is milliseconds from the beginning of the recording, not ${ms}`,
      );
    }
    this.#seeks$.next(ms);
  }

  #changed(): void {
    const pace = this.#isPaused ? 'step' : this.#speed;
    if (pace !== this.#pace$.value) this.#pace$.next(pace);
  }
}

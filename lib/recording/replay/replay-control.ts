import { BehaviorSubject, Subject, type Observable } from 'rxjs';
import { requireWhole, requireArgument } from '../../arguments.js';
import { checkSpeed, type ReplaySpeed } from './replay-options.js';

/** The program's commands to all playbacks of a recording. */
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

  /** Emits the current speed at once and each change: `'step'` while paused. */
  get pace$(): Observable<ReplaySpeed> {
    return this.#pace$;
  }

  /** Emits the number of frames of each `step()`. */
  get steps$(): Observable<number> {
    return this.#steps$;
  }

  /** Emits the position of each `seek()`, in milliseconds from the beginning of the recording. */
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
    const isPosition = Number.isFinite(ms) && ms >= 0;
    requireArgument(isPosition, 'seek takes a number of milliseconds from the beginning of the recording', ms);
    this.#seeks$.next(ms);
  }

  #changed(): void {
    const pace = this.#isPaused ? 'step' : this.#speed;
    if (pace !== this.#pace$.value) this.#pace$.next(pace);
  }
}

import { BehaviorSubject, type Observable, type SchedulerLike, Subscription, timer } from 'rxjs';
import { changedSettings, type PictureSettings, settingNames } from './picture-settings.js';

/** The picture settings of a camera: those of its program, and the changes by a host since the script started. */
export class PictureControl {
  #own: PictureSettings;
  readonly #current: BehaviorSubject<PictureSettings>;
  /** Emits the current settings, and again after each change. */
  readonly settings$: Observable<PictureSettings>;

  constructor(own: PictureSettings) {
    this.#own = own;
    this.#current = new BehaviorSubject(own);
    this.settings$ = this.#current.asObservable();
  }

  get settings(): PictureSettings {
    return this.#current.value;
  }

  /**
   * Changes the settings of the program.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when a setting is outside its limits; nothing changes then.
   */
  adjust(changes: Partial<PictureSettings>): void {
    const own = changedSettings(this.#own, changes);
    const current = changedSettings(this.settings, changes);
    this.#own = own;
    this.#current.next(current);
  }

  /**
   * Changes settings for a host, until the next script starts.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when a setting is outside its limits; nothing changes then.
   */
  ask(changes: Readonly<Partial<Record<keyof PictureSettings, unknown>>>): void {
    this.#current.next(changedSettings(this.settings, changes));
  }

  /** Undoes the changes of hosts. Emits nothing without any. */
  restore(): void {
    const { settings } = this;
    const own = this.#own;
    if (settingNames.some((name) => settings[name] !== own[name])) this.#current.next(own);
  }
}

/** The timer of a sensor: takes a picture at once, and then one per period. */
export class Exposures {
  readonly #expose: () => void;
  readonly #scheduler: SchedulerLike;
  #framesPerSecond: number | undefined;
  #timer = Subscription.EMPTY;

  constructor(expose: () => void, scheduler: SchedulerLike) {
    this.#expose = expose;
    this.#scheduler = scheduler;
  }

  /** @param framesPerSecond `undefined` stops the timer; the same rate changes nothing */
  run(framesPerSecond: number | undefined): void {
    if (framesPerSecond === this.#framesPerSecond) return;
    this.#framesPerSecond = framesPerSecond;
    this.#timer.unsubscribe();
    if (framesPerSecond !== undefined)
      this.#timer = timer(0, 1000 / framesPerSecond, this.#scheduler).subscribe(this.#expose);
  }
}

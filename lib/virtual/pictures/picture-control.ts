import { BehaviorSubject, type Observable, type SchedulerLike, Subscription, timer } from 'rxjs';
import { changedSettings, type PictureSettings, settingNames } from './picture-settings.js';

/** The settings of a camera's pictures: what its program wants, and what a host has changed since the script began. */
export class PictureControl {
  #wanted: PictureSettings;
  readonly #current: BehaviorSubject<PictureSettings>;
  /** The settings now and after each change. */
  readonly settings$: Observable<PictureSettings>;

  constructor(wanted: PictureSettings) {
    this.#wanted = wanted;
    this.#current = new BehaviorSubject(wanted);
    this.settings$ = this.#current.asObservable();
  }

  get settings(): PictureSettings {
    return this.#current.value;
  }

  /**
   * The camera's own program changes them, until it does so again.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when one is outside its limits; nothing has changed then.
   */
  adjust(changes: Partial<PictureSettings>): void {
    const wanted = changedSettings(this.#wanted, changes);
    const current = changedSettings(this.settings, changes);
    this.#wanted = wanted;
    this.#current.next(current);
  }

  /**
   * A host changes them, until the next script begins.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when one is outside its limits; nothing has changed then.
   */
  ask(changes: Readonly<Partial<Record<keyof PictureSettings, unknown>>>): void {
    this.#current.next(changedSettings(this.settings, changes));
  }

  /** A script sets up its camera, which undoes a host's changes. Without any there is nothing to tell. */
  restore(): void {
    const { settings } = this;
    const wanted = this.#wanted;
    if (settingNames.some((name) => settings[name] !== wanted[name])) this.#current.next(wanted);
  }
}

/** A sensor's pictures, while they are wanted: one at once, and then one each period. */
export class Exposures {
  readonly #expose: () => void;
  readonly #scheduler: SchedulerLike;
  #framesPerSecond: number | undefined;
  #timer = Subscription.EMPTY;

  constructor(expose: () => void, scheduler: SchedulerLike) {
    this.#expose = expose;
    this.#scheduler = scheduler;
  }

  /** @param framesPerSecond `undefined` for none; what it is already changes nothing */
  run(framesPerSecond: number | undefined): void {
    if (framesPerSecond === this.#framesPerSecond) return;
    this.#framesPerSecond = framesPerSecond;
    this.#timer.unsubscribe();
    if (framesPerSecond !== undefined)
      this.#timer = timer(0, 1000 / framesPerSecond, this.#scheduler).subscribe(this.#expose);
  }
}

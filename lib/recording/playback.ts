import {
  delay,
  EMPTY,
  ignoreElements,
  lastValueFrom,
  merge,
  race,
  Subject,
  type Subscription,
  take,
  takeUntil,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import type { Connection } from '../transport/transport.js';
import { openFilm, type Film, type Scene } from './film.js';
import { Lookahead } from './lookahead.js';
import type { ReplaySettings } from './replay-options.js';
import { ReplayCamera } from './replay-camera.js';

/** How long after a host has first looked for something all that it wants is asked for; and when it looks for nothing. */
const SETTLES_MS = 100;
const BEGINS_ANYWAY_MS = 1000;

/** What a playback tells of itself and is told. */
export interface PlaybackControl {
  /** A scene is played, so long behind the beginning of the recording. */
  readonly played: (scene: Scene, positionMs: number) => void;
  /** Resolves when it may go on to the next frame; at once but for `'step'`. */
  readonly mayShow: () => Observable<unknown>;
}

/** One host's playing of a recording, from where it begins to its end. */
export class Playback {
  readonly #camera: ReplayCamera;
  readonly #over$ = new Subject<void>();
  #film: Film;
  #over = false;

  constructor(
    private readonly file: string,
    film: Film,
    private readonly settings: ReplaySettings,
    private readonly control: PlaybackControl,
    deviceScheduler: SchedulerLike | undefined,
  ) {
    this.#film = film;
    this.#camera = new ReplayCamera(film, settings.scheduler, deviceScheduler);
  }

  /** Serves a host. */
  attach(connection: Connection): Subscription {
    const attached = this.#camera.attach(connection);
    attached.add(() => this.stop());
    return attached;
  }

  stop(): void {
    this.#over = true;
    this.#over$.next();
  }

  /** Plays to the end, or until it is stopped. Rejects with what is wrong with the file. */
  async play(): Promise<void> {
    const { scheduler, loop } = this.settings;
    const interested$ = this.#camera.looked$.pipe(take(1), delay(SETTLES_MS, scheduler));
    await this.#wait(race(interested$, timer(BEGINS_ANYWAY_MS, scheduler)).pipe(take(1)));
    await this.#playOnce();
    while (loop && !this.#over) {
      this.#film = await openFilm(this.file, this.settings.fromMs);
      this.#camera.list(this.#film.channels);
      await this.#playOnce();
    }
  }

  async #playOnce(): Promise<void> {
    const { scheduler, speed, fromMs } = this.settings;
    const scenes = new Lookahead(this.#film.scenes);
    const { startsAt } = this.#film;
    const beganAt = scheduler.now();
    try {
      for (let scene = await scenes.next(); scene !== undefined && !this.#over; scene = await scenes.next()) {
        if (typeof speed === 'number') {
          const dueIn = beganAt + (scene.at - startsAt) / speed - scheduler.now();
          if (dueIn > 0) await this.#wait(timer(dueIn, scheduler));
        } else await this.#wait(this.control.mayShow());
        if (this.#isOver()) return;
        await this.#wait(await this.#played(scene, scenes));
        this.control.played(scene, scene.at - startsAt + fromMs);
      }
    } finally {
      await scenes.close();
    }
  }

  async #played(scene: Scene, scenes: Lookahead): Promise<Observable<unknown>> {
    switch (scene.kind) {
      case 'frame':
        return this.#camera.show(scene.frame);
      case 'text':
        return this.#camera.print(scene.text);
      case 'event': {
        const { event } = scene;
        const value = event.kind === 'channel' ? await scenes.takeValue(event.channel) : undefined;
        const told = this.#camera.tell(event);
        // The value is there when the event comes, which is what has the host read it.
        return value === undefined ? told : merge(this.#camera.set(event.channel, value), told);
      }
      case 'value':
        return this.#camera.set(scene.channel, scene.bytes);
      case 'channels':
        this.#camera.list(scene.channels);
        return EMPTY;
      case 'unknown':
        return EMPTY;
    }
  }

  #isOver(): boolean {
    return this.#over;
  }

  async #wait(work: Observable<unknown>): Promise<void> {
    if (this.#over) return;
    await lastValueFrom(work.pipe(takeUntil(this.#over$), ignoreElements()), { defaultValue: undefined });
  }
}

import {
  BehaviorSubject,
  delay,
  EMPTY,
  filter,
  ignoreElements,
  lastValueFrom,
  merge,
  NEVER,
  type Observable,
  of,
  race,
  type SchedulerLike,
  Subject,
  Subscription,
  switchMap,
  take,
  takeUntil,
  timer,
} from 'rxjs';
import type { Connection } from '../../transport/transport.js';
import { after } from '../record/after.js';
import { Lookahead } from './lookahead.js';
import type { Film, Scene } from './recording-cursor.js';
import { ReplayCamera } from './replay-camera.js';
import { ReplayClock } from './replay-clock.js';
import type { ReplayControl } from './replay-control.js';
import type { ReplaySettings } from './replay-options.js';

/** How long after a host has first looked for something all that it wants is asked for, and the last replies take; and when it looks for nothing. */
const SETTLES_MS = 100;
const BEGINS_ANYWAY_MS = 1000;
const SHORTEST_ROUND_MS = 100;

/** What a playback tells of itself. Places are milliseconds behind the beginning of the recording. */
export interface PlaybackWitness {
  /** The host has looked for something, or was waited for in vain. */
  readonly began: () => void;
  readonly played: (scene: Scene, positionMs: number) => void;
  readonly sought: (positionMs: number) => void;
  /** There is nothing more to be played, and perhaps why. */
  readonly ended: (error?: unknown) => void;
  /** The host has also had the time to read what was played last, and nothing is to be played again. */
  readonly done: () => void;
}

/** One host's playing of a recording, until it goes. */
export class Playback {
  readonly #camera: ReplayCamera;
  readonly #clock: ReplayClock;
  readonly #allowance = new Allowance();
  readonly #subscriptions = new Subscription();
  readonly #over$ = new Subject<void>();
  readonly #interrupt$ = new Subject<void>();
  /** Where it is to go on. */
  #place: number | undefined;
  #over = false;
  readonly #filmFrom: (fromMs: number) => Promise<Film>;
  readonly #first: Film;
  readonly #settings: ReplaySettings;
  readonly #control: ReplayControl;
  readonly #witness: PlaybackWitness;

  constructor(
    filmFrom: (fromMs: number) => Promise<Film>,
    first: Film,
    settings: ReplaySettings,
    control: ReplayControl,
    witness: PlaybackWitness,
    deviceScheduler: SchedulerLike | undefined,
  ) {
    this.#filmFrom = filmFrom;
    this.#first = first;
    this.#settings = settings;
    this.#control = control;
    this.#witness = witness;
    this.#camera = new ReplayCamera(first, settings.scheduler, deviceScheduler);
    this.#clock = new ReplayClock(settings.scheduler);
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
    this.#interrupt$.next();
    this.#subscriptions.unsubscribe();
  }

  /** Plays until it is stopped. */
  async play(): Promise<void> {
    const { scheduler } = this.#settings;
    // In front of those that wait for what is due, which they ask the clock.
    this.#subscriptions.add(
      this.#control.pace$.subscribe((pace) => {
        this.#clock.rate = typeof pace === 'number' ? pace : 0;
        this.#allowance.clear();
      }),
    );
    this.#subscriptions.add(this.#control.steps$.subscribe((frames) => this.#allowance.add(frames)));
    this.#subscriptions.add(this.#control.seeks$.subscribe((place) => this.#goTo(place)));
    const interested$ = this.#camera.looked$.pipe(take(1), delay(SETTLES_MS, scheduler));
    const begins$ = race(interested$, timer(BEGINS_ANYWAY_MS, scheduler)).pipe(take(1), takeUntil(this.#over$));
    await lastValueFrom(begins$, { defaultValue: undefined });
    if (!this.#isOver()) this.#witness.began();
    let film: Film | undefined = this.#first;
    while (!this.#isOver()) {
      try {
        film = await this.#cut(film);
        if (film) await this.#playFrom(film);
      } catch (error) {
        if (!this.#isInterrupted()) this.#witness.ended(error);
      }
      film = undefined;
      await this.#wait(timer(SETTLES_MS, scheduler));
      if (!this.#isInterrupted()) this.#witness.done();
      await this.#wait(NEVER);
    }
    await film?.close();
  }

  #goTo(place: number): void {
    this.#allowance.clear();
    this.#place = place;
    this.#interrupt$.next();
  }

  /** The recording from where it is to go on; as it is, where that is nowhere else. */
  async #cut(film: Film | undefined): Promise<Film | undefined> {
    let now = film;
    while (this.#place !== undefined && !this.#over) {
      const place = this.#place;
      this.#place = undefined;
      await now?.close();
      now = await this.#filmFrom(place);
      // Another place may have come meanwhile.
      if (this.#isInterrupted()) continue;
      this.#camera.cut(now);
      this.#witness.sought(place);
    }
    return now;
  }

  async #playFrom(film: Film): Promise<void> {
    const scenes = new Lookahead(film.scenes);
    this.#clock.goTo(film.startsAt);
    const { loop, fromMs, scheduler } = this.#settings;
    const begunAt = scheduler.now();
    let any = false;
    try {
      for (let scene = await scenes.next(); scene !== undefined; scene = await scenes.next()) {
        any = true;
        await this.#wait(this.#due(scene.at));
        if (this.#isInterrupted()) return;
        await this.#wait(await this.#played(scene, scenes));
        if (this.#isInterrupted()) return;
        this.#clock.passed(scene.at);
        if (scene.kind === 'frame') this.#allowance.use();
        this.#witness.played(scene, scene.at - film.beganAt);
      }
    } finally {
      await film.close();
    }
    // What is empty would begin again and again, and so would, at once, what lasts for no time or is of no interest to the host.
    if (loop && any) await this.#wait(timer(Math.max(begunAt + SHORTEST_ROUND_MS - scheduler.now(), 0), scheduler));
    if (this.#isInterrupted()) return;
    if (loop && any) this.#place = fromMs;
    else this.#witness.ended();
  }

  /** Emits when it is time for what was recorded then. */
  #due(at: number): Observable<unknown> {
    return this.#control.pace$.pipe(
      switchMap((pace) => {
        if (pace === 'step') return this.#allowance.allowed$;
        const ms = pace === 'fast' ? 0 : this.#clock.dueIn(at);
        return ms > 0 ? after(ms, this.#settings.scheduler) : of(0);
      }),
      take(1),
    );
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
    }
  }

  #isOver(): boolean {
    return this.#over;
  }

  /** Whether what is under way is to be left. */
  #isInterrupted(): boolean {
    return this.#over || this.#place !== undefined;
  }

  async #wait(work: Observable<unknown>): Promise<void> {
    if (this.#isInterrupted()) return;
    await lastValueFrom(work.pipe(takeUntil(this.#interrupt$), ignoreElements()), { defaultValue: undefined });
  }
}

/** How many frames one playing may still show where nothing is played but by steps. */
class Allowance {
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

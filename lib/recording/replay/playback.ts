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
import type { RecordingCursor, PlayableEntry } from './recording-cursor.js';
import { ReplayCamera } from './replay-camera.js';
import { ReplayClock } from './replay-clock.js';
import type { ReplayControl } from './replay-control.js';
import type { ReplaySettings } from './replay-options.js';

/** How long after a host has first looked for something all that it wants is asked for, and the last replies take; and when it looks for nothing. */
const SETTLES_MS = 100;
const BEGINS_ANYWAY_MS = 1000;
const SHORTEST_ROUND_MS = 100;

/** What a playback tells of itself. Places are milliseconds behind the beginning of the recording. */
export interface PlaybackObserver {
  /** The host has looked for something, or was waited for in vain. */
  readonly began: () => void;
  readonly played: (entry: PlayableEntry, positionMs: number) => void;
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
  readonly #credit = new StepCredit();
  readonly #subscriptions = new Subscription();
  readonly #over$ = new Subject<void>();
  readonly #interrupt$ = new Subject<void>();
  /** Where it is to go on. */
  #position: number | undefined;
  #over = false;
  readonly #openAt: (fromMs: number) => Promise<RecordingCursor>;
  readonly #first: RecordingCursor;
  readonly #settings: ReplaySettings;
  readonly #control: ReplayControl;
  readonly #observer: PlaybackObserver;

  constructor(
    openAt: (fromMs: number) => Promise<RecordingCursor>,
    first: RecordingCursor,
    settings: ReplaySettings,
    control: ReplayControl,
    observer: PlaybackObserver,
    deviceScheduler: SchedulerLike | undefined,
  ) {
    this.#openAt = openAt;
    this.#first = first;
    this.#settings = settings;
    this.#control = control;
    this.#observer = observer;
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
        this.#credit.clear();
      }),
    );
    this.#subscriptions.add(this.#control.steps$.subscribe((frames) => this.#credit.add(frames)));
    this.#subscriptions.add(this.#control.seeks$.subscribe((position) => this.#seek(position)));
    const interested$ = this.#camera.polled$.pipe(take(1), delay(SETTLES_MS, scheduler));
    const begins$ = race(interested$, timer(BEGINS_ANYWAY_MS, scheduler)).pipe(take(1), takeUntil(this.#over$));
    await lastValueFrom(begins$, { defaultValue: undefined });
    if (!this.#isOver()) this.#observer.began();
    let cursor: RecordingCursor | undefined = this.#first;
    while (!this.#isOver()) {
      try {
        cursor = await this.#repositioned(cursor);
        if (cursor) await this.#playFrom(cursor);
      } catch (error) {
        if (!this.#isInterrupted()) this.#observer.ended(error);
      }
      cursor = undefined;
      await this.#wait(timer(SETTLES_MS, scheduler));
      if (!this.#isInterrupted()) this.#observer.done();
      await this.#wait(NEVER);
    }
    await cursor?.close();
  }

  #seek(position: number): void {
    this.#credit.clear();
    this.#position = position;
    this.#interrupt$.next();
  }

  /** The recording from where it is to go on; as it is, where that is nowhere else. */
  async #repositioned(cursor: RecordingCursor | undefined): Promise<RecordingCursor | undefined> {
    let now = cursor;
    while (this.#position !== undefined && !this.#over) {
      const position = this.#position;
      this.#position = undefined;
      await now?.close();
      now = await this.#openAt(position);
      // Another position may have come meanwhile.
      if (this.#isInterrupted()) continue;
      this.#camera.seek(now);
      this.#observer.sought(position);
    }
    return now;
  }

  async #playFrom(cursor: RecordingCursor): Promise<void> {
    const upcoming = new Lookahead(cursor.entries);
    this.#clock.goTo(cursor.startsAt);
    const { loop, fromMs, scheduler } = this.#settings;
    const begunAt = scheduler.now();
    let isEmpty = true;
    try {
      for (let entry = await upcoming.next(); entry !== undefined; entry = await upcoming.next()) {
        isEmpty = false;
        await this.#wait(this.#due(entry.at));
        if (this.#isInterrupted()) return;
        await this.#wait(await this.#played(entry, upcoming));
        if (this.#isInterrupted()) return;
        this.#clock.passed(entry.at);
        if (entry.kind === 'frame') this.#credit.use();
        this.#observer.played(entry, entry.at - cursor.beganAt);
      }
    } finally {
      await cursor.close();
    }
    // What is empty would begin again and again, and so would, at once, what lasts for no time or is of no interest to the host.
    if (loop && !isEmpty)
      await this.#wait(timer(Math.max(begunAt + SHORTEST_ROUND_MS - scheduler.now(), 0), scheduler));
    if (this.#isInterrupted()) return;
    if (loop && !isEmpty) this.#position = fromMs;
    else this.#observer.ended();
  }

  /** Emits when it is time for what was recorded then. */
  #due(at: number): Observable<unknown> {
    return this.#control.pace$.pipe(
      switchMap((pace) => {
        if (pace === 'step') return this.#credit.available$;
        const ms = pace === 'fast' ? 0 : this.#clock.dueIn(at);
        return ms > 0 ? after(ms, this.#settings.scheduler) : of(0);
      }),
      take(1),
    );
  }

  async #played(entry: PlayableEntry, upcoming: Lookahead): Promise<Observable<unknown>> {
    switch (entry.kind) {
      case 'frame':
        return this.#camera.show(entry.frame);
      case 'text':
        return this.#camera.print(entry.text);
      case 'event': {
        const { event } = entry;
        const value = event.kind === 'channel' ? await upcoming.takeValue(event.channel) : undefined;
        const sent = this.#camera.send(event);
        // The value is there when the event comes, which is what has the host read it.
        return value === undefined ? sent : merge(this.#camera.set(event.channel, value), sent);
      }
      case 'value':
        return this.#camera.set(entry.channel, entry.bytes);
      case 'channels':
        this.#camera.list(entry.channels);
        return EMPTY;
    }
  }

  #isOver(): boolean {
    return this.#over;
  }

  /** Whether what is under way is to be left. */
  #isInterrupted(): boolean {
    return this.#over || this.#position !== undefined;
  }

  async #wait(work: Observable<unknown>): Promise<void> {
    if (this.#isInterrupted()) return;
    await lastValueFrom(work.pipe(takeUntil(this.#interrupt$), ignoreElements()), { defaultValue: undefined });
  }
}

/** How many frames one playing may still show where nothing is played but by steps. */
class StepCredit {
  readonly #frames$ = new BehaviorSubject(0);

  /** Emits when a frame may be played, at once where it may be already. */
  get available$(): Observable<number> {
    return this.#frames$.pipe(filter((frames) => frames > 0));
  }

  add(frames: number): void {
    this.#frames$.next(this.#frames$.value + frames);
  }

  /** A frame was played. */
  use(): void {
    this.#frames$.next(Math.max(this.#frames$.value - 1, 0));
  }

  /** What was allowed was meant for another position or another time. */
  clear(): void {
    this.#frames$.next(0);
  }
}

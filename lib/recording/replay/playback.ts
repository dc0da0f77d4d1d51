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

/** The time in which a host subscribes to everything after its first poll, and reads its last replies. */
const SETTLES_MS = 100;
/** Playback starts after this time even if the host polls nothing. */
const BEGINS_ANYWAY_MS = 1000;
const SHORTEST_ROUND_MS = 100;

/** Callbacks of a playback. Positions are milliseconds from the beginning of the recording. */
export interface PlaybackObserver {
  /** Playback starts: the host has polled, or the wait for it has timed out. */
  readonly began: () => void;
  readonly played: (entry: PlayableEntry, positionMs: number) => void;
  readonly sought: (positionMs: number) => void;
  /** Nothing more can be played; `error` is the reason if it is not the end of the recording. */
  readonly ended: (error?: unknown) => void;
  /** The host has also had time to read the last entry, and no loop or seek follows. */
  readonly done: () => void;
}

/** The playback of a recording to one host, until the host disconnects. */
export class Playback {
  readonly #camera: ReplayCamera;
  readonly #clock: ReplayClock;
  readonly #credit = new StepCredit();
  readonly #subscriptions = new Subscription();
  readonly #over$ = new Subject<void>();
  readonly #interrupt$ = new Subject<void>();
  /** The position of a pending seek. */
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
    // Subscribe before `#due` does: it reads the clock, which must have the new rate by then.
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

  /** Opens the recording at the position of a pending seek. Returns `cursor` if no seek is pending. */
  async #repositioned(cursor: RecordingCursor | undefined): Promise<RecordingCursor | undefined> {
    let now = cursor;
    while (this.#position !== undefined && !this.#over) {
      const position = this.#position;
      this.#position = undefined;
      await now?.close();
      now = await this.#openAt(position);
      // Another seek may have arrived meanwhile.
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
    // Don't spin on an empty, zero-length or ignored recording.
    if (loop && !isEmpty)
      await this.#wait(timer(Math.max(begunAt + SHORTEST_ROUND_MS - scheduler.now(), 0), scheduler));
    if (this.#isInterrupted()) return;
    if (loop && !isEmpty) this.#position = fromMs;
    else this.#observer.ended();
  }

  /** Emits when an entry with this time is due. */
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
        // Set the value before sending the event, because the event makes the host read it.
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

  /** True if the current work is obsolete. */
  #isInterrupted(): boolean {
    return this.#over || this.#position !== undefined;
  }

  async #wait(work: Observable<unknown>): Promise<void> {
    if (this.#isInterrupted()) return;
    await lastValueFrom(work.pipe(takeUntil(this.#interrupt$), ignoreElements()), { defaultValue: undefined });
  }
}

/** The number of frames that a playback may still show while it is stepped. */
class StepCredit {
  readonly #frames$ = new BehaviorSubject(0);

  /** Emits when a frame may be played, which may be at once. */
  get available$(): Observable<number> {
    return this.#frames$.pipe(filter((frames) => frames > 0));
  }

  add(frames: number): void {
    this.#frames$.next(this.#frames$.value + frames);
  }

  /** Uses up one frame. */
  use(): void {
    this.#frames$.next(Math.max(this.#frames$.value - 1, 0));
  }

  /** Drops the credit, which was for another position or pace. */
  clear(): void {
    this.#frames$.next(0);
  }
}

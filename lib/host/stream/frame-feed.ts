import {
  BehaviorSubject,
  catchError,
  concat,
  defer,
  filter,
  finalize,
  ignoreElements,
  map,
  Observable,
  of,
  race,
  repeat,
  retry,
  type SchedulerLike,
  share,
  Subject,
  Subscription,
  switchMap,
  take,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { isOpenMVError } from '../../errors.js';
import { type Frame, parseFrame } from '../../frames/frame.js';
import type { CameraSettings } from '../camera-options.js';
import type { ChannelAccess } from '../channel/channel-access.js';
import { timeOfDay } from '../monotonic-scheduler.js';
import type { Session } from '../session/session.js';
import { readStreamedFrame } from './read-frame.js';
import type { StreamControl } from './stream-control.js';

/** The delay before another attempt to switch the stream on. */
const SWITCH_AGAIN_MS = 200;

/** Reads frames from the stream, but only while there are subscribers. */
export class FrameFeed {
  /** The frames, from one reader for all subscribers. The stream is switched off `closeAfterMs` after the last subscription. */
  readonly frames$: Observable<Frame>;
  /** The same frames for a reader of one frame, which may read another soon. The stream stays on: switching it off would drop the next frame. */
  readonly singleFrames$: Observable<Frame>;
  /** Kept across sessions, because the frame rate usually stays the same. */
  readonly #polling: FramePolling;
  /** The number of loops that still process a frame and hold back the next one. */
  readonly #pauses$ = new BehaviorSubject(0);
  /** The subscribers of `frames$`, and the loops that keep the stream on. */
  #holds = 0;
  /** The subscribers of both Observables. */
  #readers = 0;
  /** Waits to switch the stream off after the last hold. */
  #switchOff = Subscription.EMPTY;
  #index = 0;

  readonly #access: ChannelAccess;
  readonly #control: StreamControl;
  readonly #settings: CameraSettings;

  constructor(access: ChannelAccess, control: StreamControl, settings: CameraSettings) {
    this.#access = access;
    this.#control = control;
    this.#settings = settings;
    this.#polling = new FramePolling(settings.scheduler);
    const shared$ = access.whileRegistered('stream', (session, id) => this.#streamed(session, id)).pipe(share());
    this.singleFrames$ = new Observable((subscriber) => {
      this.#readers++;
      this.#switchOff.unsubscribe();
      subscriber.add(() => this.#readers--);
      subscriber.add(shared$.subscribe(subscriber));
    });
    this.frames$ = new Observable((subscriber) => {
      subscriber.add(this.#hold());
      subscriber.add(this.singleFrames$.subscribe(subscriber));
    });
  }

  /** Keeps the link open and the stream on between the reads of a loop. */
  hold(): Subscription {
    const hold = this.#hold();
    this.#switchOff.unsubscribe();
    hold.add(this.#access.session$.subscribe({ error: () => undefined }));
    return hold;
  }

  /** Holds back the next frame, for all subscribers, until you unsubscribe. */
  pause(): Subscription {
    this.#pauses$.next(this.#pauses$.value + 1);
    return new Subscription(() => this.#pauses$.next(this.#pauses$.value - 1));
  }

  #hold(): Subscription {
    this.#holds++;
    return new Subscription(() => {
      if (--this.#holds === 0) this.#switchOffLater();
    });
  }

  #streamed(session: Session, channel: number): Observable<Frame> {
    return concat(
      defer(() => this.#control.switchOn({ session, channel })).pipe(
        // Retry, because no frame comes while the stream is off. The end of the session ends this, too.
        retry({
          delay: (error) =>
            isOpenMVError(error, 'NAK') ? throwError(() => error) : timer(SWITCH_AGAIN_MS, this.#settings.scheduler),
        }),
        catchError(ignoreTransient),
        ignoreElements(),
      ),
      defer(() => this.#read(session, channel)),
    );
  }

  /** Switches the stream off after `closeAfterMs`, or at once if another `Camera` needs the port. The link stays open until then. */
  #switchOffLater(): void {
    const { closeAfterMs, scheduler } = this.#settings;
    const over = race(timer(closeAfterMs, scheduler), this.#access.portWanted$).pipe(take(1));
    this.#switchOff = over.subscribe(() => {
      if (this.#readers === 0) this.#control.switchOff(this.#access.stream);
    });
    this.#switchOff.add(this.#access.holdOpen());
  }

  #read(session: Session, channel: number): Observable<Frame> {
    const { scheduler } = this.#settings;
    const notified$ = new Subject<void>();
    let notified = true;
    const notifications = session.eventsOf('stream').subscribe(() => {
      notified = true;
      notified$.next();
    });
    const free$ = this.#pauses$.pipe(
      filter((pauses) => pauses === 0),
      take(1),
    );
    const due$ = defer(() => (notified ? of('now') : race(notified$, timer(this.#polling.nextMs(), scheduler))));
    // The first read of a subscription waits for the pauses, too.
    return free$.pipe(
      switchMap(() => {
        notified = false;
        return readStreamedFrame(session, channel).pipe(catchError(ignoreTransient));
      }),
      tap((bytes) => this.#polling.polled(bytes !== undefined)),
      filter((bytes) => bytes !== undefined),
      map((bytes) => parseFrame(bytes, this.#index++, timeOfDay(scheduler))),
      // The camera sends one notification per frame, which may be lost: poll after a while (PROTOCOL 8).
      repeat({ delay: () => due$ }),
      finalize(() => notifications.unsubscribe()),
    );
  }
}

/** Skips a frame that can't be read: another frame or session follows. Only a malformed or too large frame is an error of the stream. */
function ignoreTransient(error: unknown): Observable<undefined> {
  const isFatal = isOpenMVError(error, 'MALFORMED') || isOpenMVError(error, 'TOO_LARGE');
  return isFatal ? throwError(() => error) : of(undefined);
}

/** The longest interval between polls, for a silent stream (PROTOCOL 8). */
const LONGEST_MS = 1000;
/** The shortest interval: the camera refuses a LOCK sooner than this after the last one. */
const SHORTEST_MS = 12;
/** A notification counts as lost after this multiple of the usual interval between frames. */
const LATE = 1.5;

/** The intervals for polling frames whose notification was lost: short while frames arrive, long in a silent stream. */
export class FramePolling {
  #intervalMs = LONGEST_MS;
  #lastAt: number | undefined;
  #polledAt = 0;

  readonly #scheduler: SchedulerLike;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /** Records that the camera was polled, and whether it had a frame. */
  polled(found: boolean): void {
    const now = this.#scheduler.now();
    this.#polledAt = now;
    if (!found) {
      this.#intervalMs *= 2;
      return;
    }
    if (this.#lastAt !== undefined) {
      const sinceLast = Math.min(now - this.#lastAt, LONGEST_MS);
      // The interval falls at once and rises slowly: one late frame does not make a slow stream.
      this.#intervalMs =
        sinceLast < this.#intervalMs ? sinceLast : this.#intervalMs + (sinceLast - this.#intervalMs) / 8;
    }
    this.#lastAt = now;
  }

  /** The milliseconds until the next poll. */
  nextMs(): number {
    this.#intervalMs = Math.min(this.#intervalMs, LONGEST_MS);
    const afterMs = Math.min(Math.max(LATE * this.#intervalMs, SHORTEST_MS), LONGEST_MS);
    return Math.max(this.#polledAt + afterMs - this.#scheduler.now(), 0);
  }
}

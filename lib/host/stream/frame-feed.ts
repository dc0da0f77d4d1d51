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

/** How long after the camera did not obey in time it is told again to switch the stream on. */
const SWITCH_AGAIN_MS = 200;

/** Reads frames off the stream while, and only while, somebody wants one. */
export class FrameFeed {
  /**
   * For those who look: all share one reader, and each frame is read once. The stream is switched off a while after the last
   * has left.
   */
  readonly frames$: Observable<Frame>;
  /** For those who take one and may come back for the next: the stream stays on, for to switch it off drops that. */
  readonly taken$: Observable<Frame>;
  /** Also beyond a session: the camera's pictures come as fast in the next one. */
  readonly #rhythm: FrameRhythm;
  /** The number of loops that have a frame and do not want the next to be read yet. */
  readonly #pauses$ = new BehaviorSubject(0);
  #watchers = 0;
  #takers = 0;
  /** The time after the last watcher has left, in which another finds the stream as it was. */
  #grace = Subscription.EMPTY;
  #index = 0;

  constructor(
    private readonly access: ChannelAccess,
    private readonly control: StreamControl,
    private readonly settings: CameraSettings,
  ) {
    this.#rhythm = new FrameRhythm(settings.scheduler);
    const shared$ = access.whileThere('stream', (session, id) => this.#streamed(session, id)).pipe(share());
    this.taken$ = new Observable((subscriber) => {
      this.#takers++;
      this.#grace.unsubscribe();
      subscriber.add(() => this.#takers--);
      subscriber.add(shared$.subscribe(subscriber));
    });
    this.frames$ = new Observable((subscriber) => {
      subscriber.add(this.#enter());
      subscriber.add(this.taken$.subscribe(subscriber));
    });
  }

  /** Keeps the link open, and the stream on, for a loop that reads now and then. */
  watch(): Subscription {
    const watch = this.#enter();
    this.#grace.unsubscribe();
    watch.add(this.access.session$.subscribe({ error: () => undefined }));
    return watch;
  }

  /** Has nobody read the next frame until it is unsubscribed from. */
  pause(): Subscription {
    this.#pauses$.next(this.#pauses$.value + 1);
    return new Subscription(() => this.#pauses$.next(this.#pauses$.value - 1));
  }

  #enter(): Subscription {
    this.#watchers++;
    return new Subscription(() => {
      if (--this.#watchers === 0) this.#leave();
    });
  }

  #streamed(session: Session, channel: number): Observable<Frame> {
    return concat(
      defer(() => this.control.switchOn({ session, channel })).pipe(
        // Without it no frame would ever come. A session that is over ends this, too.
        retry({
          delay: (error) =>
            isOpenMVError(error, 'NAK') ? throwError(() => error) : timer(SWITCH_AGAIN_MS, this.settings.scheduler),
        }),
        catchError(passing),
        ignoreElements(),
      ),
      defer(() => this.#read(session, channel)),
    );
  }

  /** Switches the stream off when nobody has come back. The link stays open for that, unless its port is wanted elsewhere. */
  #leave(): void {
    const { closeAfterMs, scheduler } = this.settings;
    const over = race(timer(closeAfterMs, scheduler), this.access.portWanted$).pipe(take(1));
    this.#grace = over.subscribe(() => {
      if (this.#takers === 0) this.control.switchOff(this.access.stream);
    });
    this.#grace.add(this.access.holdOpen());
  }

  #read(session: Session, channel: number): Observable<Frame> {
    const { scheduler } = this.settings;
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
    const due$ = defer(() => (notified ? of('now') : race(notified$, timer(this.#rhythm.lookAfterMs(), scheduler))));
    // Also the first read of a subscription waits while somebody has a frame and does not want the next to be read yet.
    return free$.pipe(
      switchMap(() => {
        notified = false;
        return readStreamedFrame(session, channel).pipe(catchError(passing));
      }),
      tap((bytes) => this.#rhythm.looked(bytes !== undefined)),
      filter((bytes) => bytes !== undefined),
      map((bytes) => parseFrame(bytes, this.#index++, timeOfDay(scheduler))),
      // Exactly one notification a frame, and it may be lost: look all the same after a while (PROTOCOL 8).
      repeat({ delay: () => due$ }),
      finalize(() => notifications.unsubscribe()),
    );
  }
}

/**
 * What goes wrong with one frame is no end to the stream: a session that is lost is followed by the next, and a frame
 * that is gone by another. Only what can't be understood, or held, is the subscriber's to know.
 */
function passing(error: unknown): Observable<undefined> {
  const theirs = isOpenMVError(error, 'MALFORMED') || isOpenMVError(error, 'TOO_LARGE');
  return theirs ? throwError(() => error) : of(undefined);
}

/** A camera that has shown nothing for a while is looked at once a second (PROTOCOL 8). */
const LONGEST_LOOK_MS = 1000;
/** Sooner than this after the last LOCK, the camera refuses the next. */
const SHORTEST_LOOK_MS = 12;
/** So many usual intervals after the last frame, the notification of the next one is taken for lost. */
const LATE = 1.5;

/** Tells when to look for a frame that was not announced: soon in a lively stream, seldom in a silent one. */
export class FrameRhythm {
  #intervalMs = LONGEST_LOOK_MS;
  #lastAt: number | undefined;
  #lookedAt = 0;

  constructor(private readonly scheduler: SchedulerLike) {}

  /** The camera was asked, and had a frame or not. */
  looked(found: boolean): void {
    const now = this.scheduler.now();
    this.#lookedAt = now;
    if (!found) {
      this.#intervalMs *= 2;
      return;
    }
    if (this.#lastAt !== undefined) {
      const sinceLast = Math.min(now - this.#lastAt, LONGEST_LOOK_MS);
      // Down at once, up slowly: one late frame does not make the stream a slow one.
      this.#intervalMs =
        sinceLast < this.#intervalMs ? sinceLast : this.#intervalMs + (sinceLast - this.#intervalMs) / 8;
    }
    this.#lastAt = now;
  }

  /** Milliseconds from now. */
  lookAfterMs(): number {
    this.#intervalMs = Math.min(this.#intervalMs, LONGEST_LOOK_MS);
    const afterMs = Math.min(Math.max(LATE * this.#intervalMs, SHORTEST_LOOK_MS), LONGEST_LOOK_MS);
    return Math.max(this.#lookedAt + afterMs - this.scheduler.now(), 0);
  }
}

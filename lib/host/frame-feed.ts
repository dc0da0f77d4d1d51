import {
  BehaviorSubject,
  catchError,
  concat,
  defer,
  distinctUntilChanged,
  filter,
  finalize,
  ignoreElements,
  map,
  NEVER,
  Observable,
  of,
  repeat,
  share,
  Subject,
  switchMap,
  throwError,
  take,
  tap,
  race,
  timer,
} from 'rxjs';
import { isOpenMVError } from '../errors.js';
import { parseFrame, type Frame } from '../frames/frame.js';
import type { CameraSettings } from './camera-options.js';
import type { ChannelAccess } from './channel-access.js';
import { FrameRhythm } from './frame-rhythm.js';
import { readStreamedFrame } from './read-frame.js';
import type { Session } from './session.js';
import type { StreamControl } from './stream-control.js';

/** Reads frames off the stream while, and only while, somebody wants one. */
export class FrameFeed {
  /** All who want frames share one reader; each frame is read once. */
  readonly frames$: Observable<Frame>;
  readonly #wanted$ = new BehaviorSubject(0);
  /** Also beyond a session: the camera's pictures come as fast in the next one. */
  readonly #rhythm: FrameRhythm;
  #index = 0;

  constructor(
    private readonly access: ChannelAccess,
    private readonly control: StreamControl,
    private readonly settings: CameraSettings,
  ) {
    this.#rhythm = new FrameRhythm(settings.scheduler);
    const shared$ = this.#frames().pipe(
      share({ resetOnRefCountZero: () => timer(settings.closeAfterMs, settings.scheduler) }),
    );
    this.frames$ = new Observable((subscriber) => {
      this.#want(1);
      subscriber.add(() => this.#want(-1));
      subscriber.add(shared$.subscribe(subscriber));
    });
  }

  #want(change: number): void {
    this.#wanted$.next(this.#wanted$.value + change);
  }

  #frames(): Observable<Frame> {
    return this.access.session$.pipe(
      switchMap((session) => {
        if (session === undefined) return NEVER;
        return session.directory.channels$.pipe(
          map((channels) => channels.find(({ name }) => name === 'stream')?.id),
          distinctUntilChanged(),
          switchMap((channel) => (channel === undefined ? NEVER : this.#streamed(session, channel))),
        );
      }),
    );
  }

  /** Switches the stream on, unless the program decides that, and off in the end. */
  #streamed(session: Session, channel: number): Observable<Frame> {
    const { control } = this;
    const on = defer(() => (control.decided ? [] : control.send(session, channel, { enabled: true })));
    return concat(on.pipe(catchError(passing), ignoreElements()), this.#read(session, channel)).pipe(
      finalize(() => {
        if (!control.decided) control.send(session, channel, { enabled: false }).subscribe({ error: () => undefined });
      }),
    );
  }

  #read(session: Session, channel: number): Observable<Frame> {
    const { scheduler } = this.settings;
    const notified$ = new Subject<void>();
    let notified = true;
    const notifications = session.events$.subscribe(({ kind }) => {
      if (kind !== 'frame-ready') return;
      notified = true;
      notified$.next();
    });
    const wanted = defer(() =>
      this.#wanted$.pipe(
        filter((wanted) => wanted > 0),
        take(1),
      ),
    );
    const once = defer(() => {
      notified = false;
      return readStreamedFrame(session, channel).pipe(catchError(passing));
    });
    return wanted.pipe(
      switchMap(() => once),
      tap((bytes) => this.#rhythm.looked(bytes !== undefined)),
      filter((bytes) => bytes !== undefined),
      map((bytes) => parseFrame(bytes, this.#index++, scheduler.now())),
      // Exactly one notification a frame, and it may be lost: look all the same after a while (PROTOCOL 8).
      repeat({ delay: () => (notified ? of('now') : race(notified$, timer(this.#rhythm.lookAfterMs(), scheduler))) }),
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

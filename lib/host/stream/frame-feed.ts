import {
  BehaviorSubject,
  catchError,
  concat,
  defer,
  ignoreElements,
  map,
  Observable,
  race,
  retry,
  share,
  Subscription,
  take,
  throwError,
  timer,
} from 'rxjs';
import { isOpenMVError } from '../../errors.js';
import { type Frame, parseFrame } from '../../frames/frame.js';
import type { CameraSettings } from '../camera-options.js';
import type { ChannelAccess } from '../channel/channel-access.js';
import { timeOfDay } from '../monotonic-scheduler.js';
import type { Session } from '../session/session.js';
import { FrameLoop, ignoreTransient } from './frame-loop.js';
import { FramePolling } from './frame-polling.js';
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
  /** The subscribers of `frames$`, and those of both Observables. */
  #streams = 0;
  #readers = 0;
  /** The loops that read one frame after another. */
  #loopHolds = 0;
  /** Kept as long as its session, because its guesses improve with each frame. */
  readonly #loops = new WeakMap<Session, FrameLoop>();
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
      this.#streams++;
      subscriber.add(() => this.#streams--);
      subscriber.add(this.singleFrames$.subscribe(subscriber));
    });
  }

  /** Keeps the link open and the stream on between the reads of a loop. */
  hold(): Subscription {
    const hold = this.#hold();
    this.#loopHolds++;
    hold.add(() => this.#loopHolds--);
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
    const loop = this.#loops.get(session) ?? new FrameLoop(session, channel, this.#polling, this.#pauses$);
    this.#loops.set(session, loop);
    return loop
      .frames(() => this.#isEager)
      .pipe(map((bytes) => parseFrame(bytes, this.#index++, timeOfDay(scheduler))));
  }

  /** Whether nobody needs every frame: all readers subscribe to `frames$`. */
  get #isEager(): boolean {
    return this.#loopHolds === 0 && this.#readers === this.#streams;
  }
}

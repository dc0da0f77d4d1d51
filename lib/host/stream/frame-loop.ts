import {
  type BehaviorSubject,
  catchError,
  concatMap,
  defaultIfEmpty,
  filter,
  finalize,
  Observable,
  of,
  ReplaySubject,
  Subscription,
  take,
  tap,
  throwError,
} from 'rxjs';
import { isOpenMVError } from '../../errors.js';
import { decodeFrameHeader, FRAME_HEADER_BYTES, isCompressed } from '../../wire/payloads/index.js';
import type { Session } from '../session/session.js';
import { type BurstPlan, type BurstProgress, partsOf, readFrameBurst, readsPerBurst } from './frame-burst.js';
import type { FramePolling } from './frame-polling.js';
import { FrameRhythm } from './frame-rhythm.js';
import { readStreamedFrame } from './read-frame.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** The sizes of frames that the guess of the next one looks at. */
const SIZES = 8;
/** A subscription that took so many frames will take more: from then on, the next frame is read ahead. */
const FRAMES_BEFORE_EAGER = 2;
/** The most bursts on the wire, of frames whose size is known. */
const MOST_BURSTS = 6;
/** With more losses than this, a burst is sent again and again: commands get through one after another. */
const MOST_LOSSES = 0.12;
/** LOCK, SIZE, the READ of the rest and UNLOCK. */
const COMMANDS_OF_A_FRAME = 4;
/** The weight of the last burst in the rate of losses, and what each frame without a burst leaves of that rate. */
const LOSS_WEIGHT = 0.3;
const LOSS_DECAY = 0.85;
/** After a pause of this length, an announcement may have been lost. */
const PAUSE_MS = 50;

/**
 * Reads the frames of one session's stream, one burst of commands after another. It sends a burst when the camera has announced a frame, when
 * it predicts the next one, or when nothing was announced for so long that the announcement must be lost (PROTOCOL 8).
 */
export class FrameLoop {
  readonly #session: Session;
  readonly #channel: number;
  readonly #polling: FramePolling;
  readonly #pauses$: BehaviorSubject<number>;
  readonly #rhythm = new FrameRhythm();
  readonly #sizes: number[] = [];
  #isRaw = false;
  /** A frame was announced, or may have been, since the last one was locked. */
  #isAnnounced = true;
  /** Bursts whose LOCK has not been answered. */
  #undecided = 0;
  /** The burst whose UNLOCK has not been sent. */
  #locking: BurstProgress | undefined;
  #finishedAt = -Infinity;
  /** The share of a burst's packets that were lost of late. */
  #lossRate = 0;
  /** Considers the next burst, while there is a subscriber. */
  #next: () => void = () => undefined;

  constructor(session: Session, channel: number, polling: FramePolling, pauses$: BehaviorSubject<number>) {
    this.#session = session;
    this.#channel = channel;
    this.#polling = polling;
    this.#pauses$ = pauses$;
    session.eventsOf('stream').subscribe(() => {
      this.#isAnnounced = true;
      this.#rhythm.announced(this.#now);
      this.#next();
    });
  }

  /**
   * The frames while subscribed to. `isEager` tells whether UNLOCK and the next burst may go out before a frame has arrived whole; otherwise
   * the next frame is asked for after this one was emitted.
   */
  frames(isEager: () => boolean): Observable<Bytes> {
    return new Observable<Observable<Bytes | undefined>>((subscriber) => {
      let taken = 0;
      let unfinished = 0;
      let timer = Subscription.EMPTY;
      const next = (): void => {
        timer.unsubscribe();
        if (subscriber.closed) return;
        const isHurried = taken >= FRAMES_BEFORE_EAGER && isEager();
        const waitMs = unfinished > 0 && !isHurried ? undefined : this.#waitMs(isHurried);
        if (waitMs === undefined) return;
        if (waitMs > 0) {
          timer = this.#session.scheduler.schedule(next, waitMs);
          return;
        }
        unfinished++;
        const ended = (): void => {
          unfinished--;
          next();
        };
        const counted = (bytes: Bytes | undefined): void => {
          if (bytes !== undefined) taken++;
        };
        subscriber.next(this.#begin(isHurried).pipe(tap(counted), finalize(ended)));
        next();
      };
      if (this.#now - this.#finishedAt > PAUSE_MS) this.#isAnnounced = true;
      this.#next = next;
      subscriber.add(this.#pauses$.subscribe(next));
      return () => {
        timer.unsubscribe();
        if (this.#next === next) this.#next = () => undefined;
      };
    }).pipe(
      concatMap((reading) => reading),
      filter((bytes) => bytes !== undefined),
    );
  }

  get #now(): number {
    return this.#session.scheduler.now();
  }

  /** The size of the next frame, if it is certain: raw frames have the same size until the script changes it. */
  get #knownSize(): number | undefined {
    const [first, ...others] = this.#sizes;
    return this.#isRaw && others.length > 0 && others.every((size) => size === first) ? first : undefined;
  }

  /** The milliseconds until the next burst; `undefined` if something has to happen before. */
  #waitMs(isHurried: boolean): number | undefined {
    const isKnown = isHurried && this.#knownSize !== undefined;
    if (this.#pauses$.value > 0 || this.#locking !== undefined || this.#undecided >= (isKnown ? MOST_BURSTS : 1))
      return undefined;
    const lockInMs = Math.max(this.#session.lockAt - this.#now, 0);
    if (this.#undecided > 0) return Math.max(this.#rhythm.nextOfKnownSize - this.#now, lockInMs);
    if (this.#isAnnounced) return lockInMs;
    const predicted = isKnown ? this.#rhythm.nextOfKnownSize : this.#rhythm.nextAt;
    return Math.max(Math.min((predicted ?? Infinity) - this.#now, this.#polling.nextMs()), lockInMs);
  }

  /** Starts the reading of one frame. Hot; replays the frame. */
  #begin(isHurried: boolean): Observable<Bytes | undefined> {
    const wasAnnounced = this.#isAnnounced;
    this.#isAnnounced = false;
    this.#undecided++;
    this.#rhythm.burstSent(this.#now);
    const released = (): void => {
      if (this.#locking === progress) this.#locking = undefined;
    };
    let isDecided = false;
    const decided = (found: boolean): void => {
      if (isDecided) return;
      isDecided = true;
      this.#undecided--;
      this.#polling.polled(found);
      if (found) this.#isAnnounced = false;
      else if (!wasAnnounced && !this.#session.link.isLossy) this.#rhythm.missed();
      if (!found) released();
    };
    const progress: BurstProgress = {
      locked: (granted) => {
        decided(granted);
        this.#next();
      },
      unlocking: () => {
        released();
        this.#rhythm.unlockSent(this.#now);
        this.#next();
      },
      unlocked: () => this.#rhythm.unlocked(this.#now),
      lost: () => this.#session.link.countLostFrame(),
    };
    this.#locking = progress;
    const result$ = new ReplaySubject<Bytes | undefined>(1);
    this.#read(isHurried, progress)
      .pipe(
        catchError(ignoreTransient),
        defaultIfEmpty(undefined),
        take(1),
        tap({
          next: (bytes) => {
            this.#finishedAt = this.#now;
            decided(bytes !== undefined);
            released();
            if (bytes !== undefined) this.#arrived(bytes);
          },
          error: () => {
            decided(false);
            released();
          },
        }),
      )
      .subscribe(result$);
    return result$;
  }

  #read(isHurried: boolean, progress: BurstProgress): Observable<Bytes | undefined> {
    // The camera takes no bursts, because its packets are too small or it checks no sequence numbers; or the link loses too much.
    if (readsPerBurst(this.#session) === 0 || this.#lossRate > MOST_LOSSES) {
      this.#lossRate *= LOSS_DECAY;
      return readStreamedFrame(this.#session, this.#channel);
    }
    const { link } = this.#session;
    const before = link.losses;
    const plan = this.#plan(isHurried);
    const packets = plan.parts.length + COMMANDS_OF_A_FRAME;
    return readFrameBurst(this.#session, this.#channel, plan, progress).pipe(
      tap(() => (this.#lossRate += LOSS_WEIGHT * ((link.losses - before) / packets - this.#lossRate))),
    );
  }

  #plan(isHurried: boolean): BurstPlan {
    const { maxPayload } = this.#session.info.capabilities;
    const known = this.#knownSize;
    const certain = this.#sizes.length === 0 ? 0 : Math.min(...this.#sizes);
    const guess = known ?? certain - (certain % maxPayload);
    return {
      parts: partsOf(0, guess, maxPayload),
      unlocksAtOnce: isHurried && known !== undefined && !this.#session.link.isLossy,
      isEager: isHurried,
    };
  }

  #arrived(bytes: Bytes): void {
    this.#sizes.push(bytes.length);
    if (this.#sizes.length > SIZES) this.#sizes.shift();
    if (bytes.length < FRAME_HEADER_BYTES) return;
    const { pixelFormat, fps } = decodeFrameHeader(bytes);
    this.#isRaw = !isCompressed(pixelFormat);
    this.#rhythm.arrived(fps);
  }
}

/** Skips a frame that can't be read: another frame or session follows. Only a malformed or too large frame is an error of the stream. */
export function ignoreTransient(error: unknown): Observable<undefined> {
  const isFatal = isOpenMVError(error, 'MALFORMED') || isOpenMVError(error, 'TOO_LARGE');
  return isFatal ? throwError(() => error) : of(undefined);
}

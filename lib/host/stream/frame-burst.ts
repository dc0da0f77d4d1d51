import {
  catchError,
  concat,
  concatMap,
  defaultIfEmpty,
  defer,
  forkJoin,
  from,
  ignoreElements,
  map,
  NEVER,
  type Observable,
  of,
  race,
  ReplaySubject,
  switchMap,
  tap,
  throwError,
} from 'rxjs';
import { isOpenMVError, OpenMVError } from '../../errors.js';
import { decodeWord } from '../../wire/payloads/index.js';
import type { Range } from '../../wire/reassembler.js';
import { Status } from '../../wire/status.js';
import { readRange, tooLarge } from '../channel/read-range.js';
import { type Command, commands } from '../link/command.js';
import type { Reply } from '../link/job.js';
import type { Session } from '../session/session.js';
import { readStreamedFrame } from './read-frame.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** How to read one frame. */
export interface BurstPlan {
  /** The parts of the frame to read before its size is known, in order and without gaps. */
  readonly parts: readonly Range[];
  /** Whether UNLOCK goes out with the first write, because the parts are the whole frame. */
  readonly unlocksAtOnce: boolean;
  /** Whether UNLOCK goes out before the whole frame has arrived. If a part is lost then, so is the frame. */
  readonly isEager: boolean;
}

/** Is told how the reading of a frame goes on. */
export interface BurstProgress {
  /** LOCK was answered. */
  locked(granted: boolean): void;
  /** UNLOCK is sent. */
  unlocking(): void;
  /** UNLOCK was answered. */
  unlocked(): void;
  /** The frame is lost: a part of it is missing, and the camera no longer has it. */
  lost(): void;
}

/** The most READs of one write. Other channels are served between two writes. */
const MOST_READS = 32;
/** The most packets that UNLOCK follows at once on a link that loses packets. If one of them is lost, so is the frame. */
const MOST_RISKED = 2;
/** The bytes of LOCK, SIZE and UNLOCK in the camera's buffer, and those of a READ. */
const FRAME_BYTES = 40;
const READ_BYTES = 32;

/** With fewer READs in a write, one READ of many packets is quicker. */
const FEWEST_READS = 8;

/** The READs that go in one write; 0 if the camera takes no bursts worth their while. */
export function readsPerBurst({ link }: Session): number {
  const reads = Math.floor((link.burstBytes - FRAME_BYTES) / READ_BYTES);
  return reads < FEWEST_READS ? 0 : Math.min(reads, MOST_READS);
}

/**
 * Reads one frame with bursts of commands (PROTOCOL 5a): LOCK, SIZE and READs of one packet each in one write, the rest in the next. That takes
 * one round trip, or two. If LOCK is refused while there is a frame, or a reply that decides is lost, the rest goes one command
 * after another.
 *
 * Hot: begins at the call and runs to its end, with UNLOCK, even if nobody subscribes. Emits the bytes, or `undefined` if there is no frame or it is
 * lost, and completes; replays both. Holds the bytes of the frame.
 */
export function readFrameBurst(
  session: Session,
  channel: number,
  plan: BurstPlan,
  progress: BurstProgress,
): Observable<Bytes | undefined> {
  const bytes$ = new ReplaySubject<Bytes | undefined>(1);
  new FrameBurst(session, channel, plan, progress).read().subscribe(bytes$);
  return bytes$;
}

class FrameBurst {
  readonly #session: Session;
  readonly #channel: number;
  readonly #plan: BurstPlan;
  readonly #progress: BurstProgress;
  /** Whether UNLOCK was sent. */
  #isUnlocked = false;
  #isGranted = false;

  constructor(session: Session, channel: number, plan: BurstPlan, progress: BurstProgress) {
    this.#session = session;
    this.#channel = channel;
    this.#plan = plan;
    this.#progress = progress;
  }

  read(): Observable<Bytes | undefined> {
    const { parts, unlocksAtOnce } = this.#plan;
    // SIZE comes behind the READs: its reply shows which of theirs were lost. A second one shows at once that the first was lost.
    const sizes = this.#session.link.isLossy ? 2 : 1;
    const size = (): Command => ({ ...commands.size(this.#channel), isolated: false });
    const [lock$ = NEVER, ...others] = this.#send(
      [commands.lock(this.#channel), ...this.#reads(parts), ...Array.from({ length: sizes }, size)],
      unlocksAtOnce,
    );
    const granted$ = this.#session.granted(lock$).pipe(catchError((error: unknown) => this.#unsure(error)));
    const reads$ = others.slice(0, -sizes);
    return forkJoin([granted$, race(others.slice(-sizes))]).pipe(
      switchMap(([granted, { payload }]) => this.#locked(granted, decodeWord(payload), reads$)),
      catchError((error: unknown) => {
        this.#unlocked(undefined);
        return throwError(() => error);
      }),
    );
  }

  /** A LOCK that arrived damaged was not executed; of one whose reply was lost that is unknown. */
  #unsure(error: unknown): Observable<boolean | undefined> {
    if (!isLost(error)) return throwError(() => error);
    return of(isOpenMVError(error, 'OUTCOME_UNKNOWN') ? undefined : false);
  }

  #locked(
    granted: boolean | undefined,
    size: number,
    reads$: readonly Observable<Reply>[],
  ): Observable<Bytes | undefined> {
    if (size > 0 && granted !== true) {
      // The camera has unlocked the frame, if it was locked: what it has now may be another one.
      if (this.#isUnlocked && granted === undefined) return this.#lost();
      if (granted === false || this.#session.unsureLocks.has(this.#channel)) {
        const locked$ = granted === false ? of(false) : throwError(() => new OpenMVError('OUTCOME_UNKNOWN', 'LOCK'));
        return this.#oneByOne(locked$);
      }
      // Granted or refused, the frame is locked now, and it is the one that was read: no other was published since.
      return this.#session.lockAgain(this.#channel).pipe(switchMap(() => this.#locked(true, size, reads$)));
    }
    this.#isGranted = granted === true;
    this.#progress.locked(this.#isGranted);
    if (!this.#isGranted) return of(undefined);
    return size === 0 ? this.#unlocked(undefined) : this.#collect(size, reads$);
  }

  /** Goes on one command after another behind a LOCK. */
  #oneByOne(locked$: Observable<boolean>): Observable<Bytes | undefined> {
    this.#isUnlocked = true;
    return readStreamedFrame(this.#session, this.#channel, locked$).pipe(
      tap((bytes) => bytes !== undefined && this.#progress.unlocking()),
    );
  }

  #reads(parts: readonly Range[]): Command[] {
    return parts.map(({ offset, length }) => commands.read(this.#channel, offset, length, 'same-session'));
  }

  /** Sends commands. Returns their replies without that of UNLOCK. */
  #send(sent: readonly Command[], unlocks: boolean): Observable<Reply>[] {
    // SET_CAPS may have made the packets too small meanwhile: then the link refuses to send these.
    const most = Math.max(readsPerBurst(this.#session), 1);
    const all = unlocks ? [...sent, commands.unlock(this.#channel)] : sent;
    const replies: Observable<Reply>[] = [];
    for (let at = 0; at < all.length; at += most)
      replies.push(...this.#session.burst(this.#channel, all.slice(at, at + most)));
    const unlock$ = unlocks ? replies.pop() : undefined;
    if (unlock$ !== undefined) this.#watchUnlock(unlock$);
    return replies;
  }

  #watchUnlock(unlock$: Observable<Reply>): void {
    this.#isUnlocked = true;
    this.#progress.unlocking();
    const { unsureLocks } = this.#session;
    unlock$.subscribe({
      complete: () => {
        unsureLocks.delete(this.#channel);
        if (this.#isGranted) this.#progress.unlocked();
      },
      error: (error: unknown) => {
        if (isOpenMVError(error, 'OUTCOME_UNKNOWN')) unsureLocks.add(this.#channel);
        // It was not executed.
        else if (isOpenMVError(error, 'NAK')) this.#session.unlock(this.#channel).subscribe({ error: () => undefined });
      },
    });
  }

  /** Waits for the parts that were asked for, then reads the others and those that were lost. */
  #collect(size: number, reads$: readonly Observable<Reply>[]): Observable<Bytes | undefined> {
    const { maxPayload } = this.#session.info.capabilities;
    const asked = this.#plan.parts.filter(({ offset, length }) => offset + length <= size);
    const last = asked.at(-1);
    const refused = tooLarge(this.#session, this.#channel, size);
    if (refused !== undefined) return throwError(() => refused);
    const rest = partsOf(last === undefined ? 0 : last.offset + last.length, size, maxPayload);
    const bytes = new Uint8Array(size);
    return this.#received(bytes, asked, reads$).pipe(
      switchMap((lost) => {
        const missing = [...lost, ...rest];
        if (missing.length === 0) return this.#unlocked(bytes);
        // It was unlocked at once: a part was lost, or the guess of the size was wrong.
        if (this.#isUnlocked) return this.#lost();
        const isSafe = missing.length <= MOST_RISKED || !this.#session.link.isLossy;
        return this.#received(bytes, missing, this.#send(this.#reads(missing), this.#plan.isEager && isSafe)).pipe(
          switchMap((lostAgain) => {
            if (lostAgain.length === 0) return this.#unlocked(bytes);
            return this.#isUnlocked ? this.#lost() : this.#repaired(bytes, lostAgain);
          }),
        );
      }),
    );
  }

  /** Puts the replies in their places. Emits the parts that were lost when all have ended. */
  #received(bytes: Bytes, parts: readonly Range[], replies: readonly Observable<Reply>[]): Observable<Range[]> {
    const lost: Range[] = [];
    const received = parts.map((part, i) =>
      (replies[i] ?? NEVER).pipe(
        tap(({ payload }) => (payload.length === part.length ? bytes.set(payload, part.offset) : lost.push(part))),
        catchError((error: unknown) => (isLost(error) ? of(lost.push(part)) : throwError(() => error))),
      ),
    );
    return forkJoin(received).pipe(
      defaultIfEmpty(undefined),
      map(() => lost),
    );
  }

  /** Reads lost parts again. */
  #repaired(bytes: Bytes, lost: readonly Range[]): Observable<Bytes | undefined> {
    const again = from(lost).pipe(
      concatMap((part) =>
        readRange(this.#session, this.#channel, part, 'same-session').pipe(
          map((piece) => {
            bytes.set(piece, part.offset);
            return piece.length === part.length;
          }),
        ),
      ),
    );
    let isWhole = true;
    return concat(
      again.pipe(
        tap((isPart) => (isWhole &&= isPart)),
        ignoreElements(),
      ),
      // A shorter reply means that the camera has dropped the frame, and the lock with it.
      defer(() => this.#unlocked(isWhole ? bytes : undefined)),
    );
  }

  /** Sends UNLOCK, unless it was sent. Emits at once. */
  #unlocked(bytes: Bytes | undefined): Observable<Bytes | undefined> {
    if (!this.#isUnlocked) this.#send([], true);
    return of(bytes);
  }

  #lost(): Observable<undefined> {
    this.#progress.lost();
    return of(undefined);
  }
}

/** Splits a range into parts of one packet. */
export function partsOf(from: number, to: number, maxPayload: number): Range[] {
  const parts: Range[] = [];
  for (let offset = from; offset < to; offset += maxPayload)
    parts.push({ offset, length: Math.min(maxPayload, to - offset) });
  return parts;
}

/** The command or its reply was lost or damaged. */
function isLost(error: unknown): boolean {
  return isOpenMVError(error, 'OUTCOME_UNKNOWN') || (isOpenMVError(error, 'NAK') && error.status === Status.CHECKSUM);
}

import {
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  ignoreElements,
  type MonoTypeOperatorFunction,
  type Observable,
  of,
  repeat,
  retry,
  type SchedulerLike,
  switchMap,
  take,
  takeUntil,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import { isOpenMVError, OpenMVError } from '../../errors.js';
import type { ChannelInfo } from '../session/channel-info.js';
import type { Session } from '../session/session.js';
import type { ChannelWay, ChannelWork } from './channel-access.js';
import { Lane } from './operation-queue.js';

/** What is done with a lock. */
interface LockedWork<T> {
  /** Whether the camera granted it is emitted by each attempt; this may make it several. Default: one that is answered. */
  readonly attempts?: MonoTypeOperatorFunction<boolean>;
  readonly granted: () => Observable<T>;
  /** Where the last attempt was refused. */
  readonly refused: () => Observable<T>;
}

/**
 * LOCK, work, UNLOCK. However it ends, also while the camera has yet to answer the LOCK, the camera is told to unlock what
 * it may have locked.
 */
export function holdingLock<T>(
  session: Session,
  channel: number,
  { attempts = untilAnswered(session, channel), granted, refused }: LockedWork<T>,
): Observable<T> {
  return defer(() => {
    let mayBeHeld = false;
    const unlock = defer(() => {
      mayBeHeld = false;
      return session.unlock(channel);
    });
    const attempt = defer(() => {
      mayBeHeld = true;
      return session.lock(channel);
    }).pipe(
      tap((held) => (mayBeHeld = held)),
      // What refuses may be the lock of before, whose UNLOCK went astray.
      switchMap((held) =>
        held || !session.unsureLocks.has(channel) ? of(held) : concat(session.unlock(channel), of(false)),
      ),
    );
    // A session that is over has taken its locks with it.
    const unlocked = unlock.pipe(
      catchError((error: unknown) => (isOpenMVError(error, 'LINK_LOST') ? EMPTY : throwError(() => error))),
    );
    const release = (): void => {
      if (mayBeHeld) unlock.subscribe({ error: () => undefined });
    };
    return attempt.pipe(
      attempts,
      switchMap((held) => (held ? concat(defer(granted), unlocked) : refused())),
      tap({ unsubscribe: release, error: release }),
    );
  });
}

/** Attempts at one LOCK whose answer is lost each time. */
const MAX_ATTEMPTS = 4;

/** A LOCK whose answer was lost may have been granted, so it is let go and tried again. */
function untilAnswered(session: Session, channel: number): MonoTypeOperatorFunction<boolean> {
  return retry({
    count: MAX_ATTEMPTS - 1,
    delay: (error: unknown) =>
      isOpenMVError(error, 'OUTCOME_UNKNOWN') ? concat(session.unlock(channel), of('again')) : throwError(() => error),
  });
}

/** What is locked, and how. */
interface Locking {
  readonly session: Session;
  readonly info: ChannelInfo;
  readonly scheduler: SchedulerLike;
  /** How long the camera may refuse. */
  readonly timeoutMs: number;
}

/** How long after the camera refused a lock it is asked again. */
const RETRY_MS = 20;

/** What {@link underLock} emits when `work` begins: from then on nobody may begin it again, whatever becomes of the link. */
export const BEGUN = Symbol('begun');

/**
 * LOCK, `work`, UNLOCK. `work` is given a way to the channel in this session alone: the lock is gone with it.
 *
 * A LOCK whose reply was lost may have been granted, so it is let go and tried again.
 */
export function underLock<R>(locking: Locking, work: (way: ChannelWay) => Observable<R>): Observable<R | typeof BEGUN> {
  const { session, info, scheduler, timeoutMs } = locking;
  if (!info.lockable) {
    return throwError(
      () => new OpenMVError('NOT_LOCKABLE', `channel '${info.name}' can't be locked, or is by this very work`),
    );
  }
  const busy = new OpenMVError('TIMEOUT', `channel '${info.name}' did not let itself be locked within ${timeoutMs} ms`);
  return holdingLock(session, info.id, {
    attempts: (attempt) =>
      attempt.pipe(
        catchError((error: unknown) =>
          isOpenMVError(error, 'OUTCOME_UNKNOWN')
            ? concat(session.unlock(info.id), of(false))
            : throwError(() => error),
        ),
        repeat({ delay: () => timer(RETRY_MS, scheduler) }),
        filter((granted) => granted),
        take(1),
        timeout({ first: timeoutMs, scheduler, with: () => throwError(() => busy) }),
      ),
    granted: () => concat(of(BEGUN), defer(() => work(inSession(locking))).pipe(takeUntil(sessionEnd(locking)))),
    refused: () => EMPTY,
  });
}

/** Errors when the lock has gone with its session, behind the commands of `work`, each of which has an end of its own to tell. */
function sessionEnd({ session, info, scheduler }: Locking): Observable<never> {
  const gone = new OpenMVError('LINK_LOST', `the lock on channel '${info.name}' went with its session`);
  return concat(
    session.events$.pipe(ignoreElements()),
    timer(0, scheduler).pipe(switchMap(() => throwError(() => gone))),
  );
}

/**
 * The channel as it is while the session lasts, its operations in an order of their own. It has no lock to offer: that is
 * held already.
 */
function inSession({ session, info: held }: Locking): ChannelWay {
  const lane = new Lane();
  const info: ChannelInfo = { ...held, lockable: false };
  return {
    eventsOf: (name) => session.eventsOf(name),
    operate: <T>(_: string, work: ChannelWork<T>) => lane.run(defer(() => work(session, info))),
    whileThere: (_, work) => work(session, info.id),
  };
}

import {
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  ignoreElements,
  type MonoTypeOperatorFunction,
  NEVER,
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
import type { ChannelOperations, ChannelWork } from './channel-access.js';
import { OperationQueue } from './operation-queue.js';

/** The work under a lock. */
interface LockedWork<T> {
  /** Repeats the attempt to lock, which emits whether the camera granted it. Default: until one attempt is answered. */
  readonly attempts?: MonoTypeOperatorFunction<boolean>;
  readonly granted: () => Observable<T>;
  /** Runs after the last attempt if that was refused. */
  readonly refused: () => Observable<T>;
}

/** LOCK, work, UNLOCK. UNLOCK is always sent if the camera may have locked, even if the reply to LOCK is still outstanding. */
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
      // The refusal may come from an earlier lock of ours whose UNLOCK was lost.
      switchMap((held) =>
        held || !session.unsureLocks.has(channel) ? of(held) : concat(session.unlock(channel), of(false)),
      ),
    );
    // A session's locks end with it.
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

/** The most attempts to lock if each reply is lost. */
const MAX_ATTEMPTS = 4;

/** A LOCK whose reply was lost may have been granted: unlock, then try again. */
function untilAnswered(session: Session, channel: number): MonoTypeOperatorFunction<boolean> {
  return retry({
    count: MAX_ATTEMPTS - 1,
    delay: (error: unknown) =>
      isOpenMVError(error, 'OUTCOME_UNKNOWN') ? concat(session.unlock(channel), of('again')) : throwError(() => error),
  });
}

/** The channel to lock. */
interface Locking {
  readonly session: Session;
  readonly info: ChannelInfo;
  readonly scheduler: SchedulerLike;
  /** How long to try while the camera refuses. */
  readonly timeoutMs: number;
}

/** The delay before another attempt after a refusal. */
const RETRY_MS = 20;

/** {@link underLock} emits this when `work` begins. From then on, a lost link must not start it again. */
export const BEGUN = Symbol('begun');

/**
 * LOCK, `work`, UNLOCK, within one session, because the lock ends with it.
 *
 * A LOCK whose reply was lost may have been granted: it is unlocked, then tried again.
 */
export function underLock<R>(
  locking: Locking,
  work: (operations: ChannelOperations) => Observable<R>,
): Observable<R | typeof BEGUN> {
  const { session, info, scheduler, timeoutMs } = locking;
  if (!info.lockable) {
    return throwError(
      () =>
        new OpenMVError(
          'NOT_LOCKABLE',
          `channel '${info.name}' can't be locked: it has no lock, or this work already holds it`,
        ),
    );
  }
  const busy = new OpenMVError('TIMEOUT', `channel '${info.name}' could not be locked within ${timeoutMs} ms`);
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

/** Errors after the end of the session. The commands of `work` come first, because their own errors say more. */
function sessionEnd({ session, info, scheduler }: Locking): Observable<never> {
  const gone = new OpenMVError('LINK_LOST', `the lock on channel '${info.name}' ended with its session`);
  return concat(
    session.events$.pipe(ignoreElements()),
    timer(0, scheduler).pipe(switchMap(() => throwError(() => gone))),
  );
}

/** The channel within one session, with its own queue. It is not lockable because it is locked already. */
function inSession({ session, info: held }: Locking): ChannelOperations {
  const queue = new OperationQueue();
  const info: ChannelInfo = { ...held, lockable: false };
  return {
    // The end of the session ends the work with an error: see `sessionEnd`.
    eventsOf: (name) => concat(session.eventsOf(name), NEVER),
    operate: <T>(_: string, work: ChannelWork<T>) => queue.run(defer(() => work(session, info))),
    whileRegistered: (_, work) => work(session, info.id),
  };
}

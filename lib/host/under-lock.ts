import {
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  ignoreElements,
  of,
  repeat,
  switchMap,
  take,
  takeUntil,
  throwError,
  timeout,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { isOpenMVError, OpenMVError } from '../errors.js';
import type { ChannelWay, ChannelWork } from './channel-access.js';
import type { ChannelInfo } from './channel-info.js';
import { holdingLock } from './holding-lock.js';
import { Lane } from './lane.js';
import type { Session } from './session.js';

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
    events$: session.events$,
    operate: <T>(_: string, work: ChannelWork<T>) => lane.run(defer(() => work(session, info))),
    whileThere: (_, work) => work(session, info.id),
  };
}

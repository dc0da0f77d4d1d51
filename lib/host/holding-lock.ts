import {
  catchError,
  concat,
  defer,
  EMPTY,
  of,
  retry,
  switchMap,
  tap,
  throwError,
  type MonoTypeOperatorFunction,
  type Observable,
} from 'rxjs';
import { isOpenMVError } from '../errors.js';
import type { Session } from './session.js';

/** What is done with a lock. */
export interface LockedWork<T> {
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

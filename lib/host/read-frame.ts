import { catchError, concat, defer, map, merge, of, switchMap, tap, throwError, timer, type Observable } from 'rxjs';
import { isOpenMVError } from '../errors.js';
import { readRange } from './read-range.js';
import { LOCK_INTERVAL_MS, type Session } from './session.js';
import { sizeOf } from './transfer.js';

/** How the camera announces its frames. */
export interface Announced {
  /** Whether it has announced the frame that is to be locked. */
  readonly isAnnounced: () => boolean;
  /** The frame was given back: only what is announced from now on is the next one. */
  readonly unlocked: () => void;
}

/**
 * One frame off the stream: LOCK, SIZE, READ, UNLOCK (PROTOCOL 8). Emits its bytes, or `undefined` where there is none,
 * and completes when the camera is free to publish the next.
 *
 * The UNLOCK is on its way before the frame is emitted, so that the camera works while the program does. It is sent whatever
 * becomes of the subscriber, who may leave with the frame.
 */
export function readStreamedFrame(
  session: Session,
  channel: number,
  announced: Announced,
): Observable<Uint8Array<ArrayBuffer> | undefined> {
  return defer(() => {
    let mayBeLocked = false;
    const unlock = defer(() => {
      mayBeLocked = false;
      return session.unlock(channel).pipe(tap({ complete: announced.unlocked }));
    });
    const read = sizeOf(session, channel).pipe(
      switchMap((length) =>
        length === 0
          ? of(undefined)
          : readRange(session, channel, { offset: 0, length }, 'same-session').pipe(
              // Less than that is none: the camera has dropped it, and with it the lock.
              map((bytes) => (bytes.length === length ? bytes : undefined)),
            ),
      ),
    );
    const attempt = defer(() => {
      mayBeLocked = true;
      return lockFrame(session, channel, announced);
    }).pipe(
      tap((granted) => (mayBeLocked = granted)),
      switchMap((granted) => (granted ? read.pipe(switchMap((bytes) => merge(unlock, of(bytes)))) : of(undefined))),
    );
    const release = (): void => {
      if (mayBeLocked) unlock.subscribe({ error: () => undefined });
    };
    return attempt.pipe(tap({ unsubscribe: release, error: release }));
  });
}

/**
 * Whether the frame is locked, also where the reply to a LOCK or an earlier UNLOCK was lost. The camera grants no lock
 * without a frame, nor twice: a LOCK that is refused while there is a frame was granted before. A frame announced
 * before the LOCK existed when the LOCK arrived, so the LOCK succeeded.
 */
function lockFrame(session: Session, channel: number, { isAnnounced }: Announced): Observable<boolean> {
  const wasAnnounced = isAnnounced();
  const wasUnsure = session.unsureLocks.has(channel);
  const free = defer(() => {
    session.unsureLocks.delete(channel);
    return concat(session.unlock(channel), of(false));
  });
  // Another program may have locked a channel right before: the camera refuses each lock for 10 ms (PROTOCOL 7).
  const again = timer(LOCK_INTERVAL_MS, session.scheduler).pipe(switchMap(() => session.lock(channel)));
  return session.lock(channel).pipe(
    switchMap((granted) => {
      if (granted) return of(true);
      return sizeOf(session, channel).pipe(
        // The lock is still on the old frame, which was read: only its UNLOCK went astray.
        switchMap((length) => (length === 0 ? of(false) : wasUnsure ? free : again)),
      );
    }),
    catchError((error: unknown) => {
      if (!isOpenMVError(error, 'OUTCOME_UNKNOWN')) return throwError(() => error);
      return sizeOf(session, channel).pipe(
        switchMap((length) => {
          if (length === 0) return of('no frame');
          // Where packets overtake each other, the LOCK may never have been executed, and without it the frame would come again.
          const wasExecuted = wasAnnounced && !wasUnsure && session.link.isOrdered;
          return wasExecuted ? of(true) : session.lock(channel);
        }),
        // Which of two frames it is that was locked before can't be told, so it is let go.
        switchMap((locked) => (locked === 'no frame' ? of(false) : locked || !wasUnsure ? of(true) : free)),
      );
    }),
  );
}

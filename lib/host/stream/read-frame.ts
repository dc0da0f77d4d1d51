import { catchError, concat, defer, map, merge, of, switchMap, tap, throwError, timer, type Observable } from 'rxjs';
import { isOpenMVError } from '../../errors.js';
import { readRange } from '../channel/read-range.js';
import { LOCK_WAIT_MS, type Session } from '../session/session.js';
import { sizeOf } from '../channel/transfer.js';

/**
 * One frame off the stream: LOCK, SIZE, READ, UNLOCK (PROTOCOL 8). Emits its bytes, or `undefined` where there is none,
 * and completes when the camera is free to publish the next.
 *
 * The UNLOCK is on its way before the frame is emitted, so that the camera works while the program does. It is sent whatever
 * becomes of the subscriber, who may leave with the frame.
 */
export function readStreamedFrame(session: Session, channel: number): Observable<Uint8Array<ArrayBuffer> | undefined> {
  return defer(() => {
    let mayBeLocked = false;
    const unlock = defer(() => {
      mayBeLocked = false;
      return session.unlock(channel);
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
      return lockFrame(session, channel);
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
 * Locks the frame. Emits whether it is locked, also where the reply to a LOCK or to an earlier UNLOCK was lost. The camera
 * grants no lock without a frame, and none twice: a LOCK that is refused while there is a frame was granted before.
 */
function lockFrame(session: Session, channel: number): Observable<boolean> {
  const wasUnsure = session.unsureLocks.has(channel);
  const free = defer(() => {
    session.unsureLocks.delete(channel);
    return concat(session.unlock(channel), of(false));
  });
  const ifThere = (locked$: Observable<boolean>): Observable<boolean> =>
    sizeOf(session, channel).pipe(switchMap((length) => (length === 0 ? of(false) : locked$)));
  // Another program may have locked a channel right before: the camera refuses each lock for 10 ms (PROTOCOL 7).
  const again = timer(LOCK_WAIT_MS, session.scheduler).pipe(switchMap(() => session.lock(channel)));
  return session.lock(channel).pipe(
    // The lock may still be on the old frame, which was read: only its UNLOCK went astray.
    switchMap((granted) => (granted ? of(true) : ifThere(wasUnsure ? free : again))),
    catchError((error: unknown) => {
      if (!isOpenMVError(error, 'OUTCOME_UNKNOWN')) return throwError(() => error);
      // Two frames can't be told apart: a lock that may be on the old one is released.
      const refused = wasUnsure ? free : of(true);
      return ifThere(session.lockAgain(channel).pipe(switchMap((granted) => (granted ? of(true) : refused))));
    }),
  );
}

import { catchError, concat, defer, map, merge, of, switchMap, tap, throwError, timer, type Observable } from 'rxjs';
import { isOpenMVError } from '../../errors.js';
import { readRange } from '../channel/read-range.js';
import { LOCK_WAIT_MS, type Session } from '../session/session.js';
import { sizeOf } from '../channel/transfer.js';

/**
 * Reads one frame of the stream, one command after another: LOCK, SIZE, READ, UNLOCK (PROTOCOL 8). Emits its bytes, or `undefined` if there is no
 * frame, and completes when the camera can publish the next one.
 *
 * UNLOCK is sent before the frame is emitted, so that the camera works on the next frame while the program processes this one. It is sent even
 * if the subscriber leaves.
 *
 * @param locked$ the outcome of a LOCK that was sent before. Default: sends it
 */
export function readStreamedFrame(
  session: Session,
  channel: number,
  locked$: Observable<boolean> = session.lock(channel),
): Observable<Uint8Array<ArrayBuffer> | undefined> {
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
              // A shorter reply means that the camera has dropped the frame, and the lock with it.
              map((bytes) => (bytes.length === length ? bytes : undefined)),
            ),
      ),
    );
    const attempt = defer(() => {
      mayBeLocked = true;
      return lockFrame(session, channel, locked$);
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
 * Locks the frame. Emits whether it is locked, even if the reply to this LOCK or to an earlier UNLOCK was lost. The camera grants no lock without a frame,
 * and no lock twice: if it refuses while there is a frame, it granted the lock before.
 */
function lockFrame(session: Session, channel: number, locked$: Observable<boolean>): Observable<boolean> {
  const wasUnsure = session.unsureLocks.has(channel);
  const free = defer(() => {
    session.unsureLocks.delete(channel);
    return concat(session.unlock(channel), of(false));
  });
  const ifThere = (locked$: Observable<boolean>): Observable<boolean> =>
    sizeOf(session, channel).pipe(switchMap((length) => (length === 0 ? of(false) : locked$)));
  // Another program may have just locked a channel: the camera then refuses every LOCK for 10 ms (PROTOCOL 7).
  const again = timer(LOCK_WAIT_MS, session.scheduler).pipe(switchMap(() => session.lock(channel)));
  return locked$.pipe(
    // The lock may be on the previous frame, which was read but whose UNLOCK was lost.
    switchMap((granted) => (granted ? of(true) : ifThere(wasUnsure ? free : again))),
    catchError((error: unknown) => {
      if (!isOpenMVError(error, 'OUTCOME_UNKNOWN')) return throwError(() => error);
      // The two frames can't be told apart, so release a lock that may be on the previous one.
      const refused = wasUnsure ? free : of(true);
      return ifThere(session.lockAgain(channel).pipe(switchMap((granted) => (granted ? of(true) : refused))));
    }),
  );
}

import { catchError, concat, defer, map, merge, of, switchMap, tap, throwError, type Observable } from 'rxjs';
import { isOpenMVError } from '../errors.js';
import { readRange } from './read-range.js';
import type { Session } from './session.js';
import { sizeOf } from './transfer.js';

/**
 * One frame off the stream: LOCK, SIZE, READ, UNLOCK (PROTOCOL 8). Emits its bytes, or `undefined` where there is none,
 * and completes when the camera is free to publish the next.
 *
 * The UNLOCK goes out before the frame is emitted, so that the camera works while the program does. Unsubscribing
 * with the lock held has `see` send it as well.
 */
export function readStreamedFrame(
  session: Session,
  channel: number,
  see: (work: Observable<unknown>) => void,
): Observable<Uint8Array | undefined> {
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
      if (mayBeLocked) see(unlock);
    };
    return attempt.pipe(tap({ unsubscribe: release, error: release }));
  });
}

/**
 * Whether the frame is locked, also where the reply to a LOCK or an earlier UNLOCK was lost. The camera grants no lock
 * without a frame, nor twice: a LOCK that is refused while there is a frame was granted before.
 */
function lockFrame(session: Session, channel: number): Observable<boolean> {
  const wasUnsure = session.unsureLocks.has(channel);
  const free = defer(() => {
    session.unsureLocks.delete(channel);
    return concat(session.unlock(channel), of(false));
  });
  return session.lock(channel).pipe(
    switchMap((granted) =>
      // What is locked is the old frame, which was read: only its UNLOCK went astray.
      granted || !wasUnsure
        ? of(granted)
        : sizeOf(session, channel).pipe(switchMap((length) => (length > 0 ? free : of(false)))),
    ),
    catchError((error: unknown) => {
      if (!isOpenMVError(error, 'OUTCOME_UNKNOWN')) return throwError(() => error);
      return sizeOf(session, channel).pipe(
        switchMap((length) => (length > 0 ? session.lock(channel) : of('no frame'))),
        // Which of two frames it is that was locked before can't be told, so it is let go.
        switchMap((locked) => (locked === 'no frame' ? of(false) : locked || !wasUnsure ? of(true) : free)),
      );
    }),
  );
}

import { catchError, defer, ignoreElements, merge, of, switchMap, tap, throwError, type Observable } from 'rxjs';
import { isOpenMVError } from '../errors.js';
import { commands } from './command.js';
import { readRange } from './read-range.js';
import type { Session } from './session.js';
import { sizeOf } from './transfer.js';

/**
 * One frame off the stream: LOCK, SIZE, READ, UNLOCK (PROTOCOL 8). Emits its bytes, or `undefined` where there is none,
 * and completes when the camera is free to publish the next.
 *
 * The UNLOCK goes out before the frame is emitted, so that the camera works while the program does. Unsubscribing
 * with the lock held sends it as well.
 */
export function readStreamedFrame(session: Session, channel: number): Observable<Uint8Array | undefined> {
  return defer(() => {
    let locked = false;
    const unlock = defer(() => {
      locked = false;
      return session.request(commands.unlock(channel)).pipe(
        ignoreElements(),
        // Refused: it was not locked any more. Unknown: if it is still locked, the next look frees it.
        catchError((error: unknown) =>
          isOpenMVError(error, 'NAK') || isOpenMVError(error, 'OUTCOME_UNKNOWN') ? [] : throwError(() => error),
        ),
      );
    });
    const read = sizeOf(session, channel).pipe(
      switchMap((length) =>
        length === 0 ? of(undefined) : readRange(session, channel, { offset: 0, length }, 'same-session'),
      ),
    );
    const attempt = session.lock(channel).pipe(
      tap((granted) => (locked = granted)),
      switchMap((granted) => (granted ? read.pipe(switchMap((bytes) => merge(unlock, of(bytes)))) : of(undefined))),
      catchError((error: unknown) =>
        // The lock may be held: give it back, and the frame with it.
        isOpenMVError(error, 'OUTCOME_UNKNOWN') ? merge(unlock, of(undefined)) : throwError(() => error),
      ),
    );
    const release = (): void => {
      if (locked) unlock.subscribe({ error: () => undefined });
    };
    return attempt.pipe(tap({ unsubscribe: release, error: release }));
  });
}

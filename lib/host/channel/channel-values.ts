import {
  catchError,
  defer,
  EMPTY,
  filter,
  Observable,
  retry,
  Subject,
  tap,
  throwError,
  timer,
  type SchedulerLike,
} from 'rxjs';
import { isOpenMVError } from '../../errors.js';
import { sameBytes } from '../../wire/bytes.js';
import { Status } from '../../wire/status.js';
import type { ChannelWay } from './channel-access.js';
import { keepLatest } from '../../signals/keep-latest.js';
import { occasions } from './reading-times.js';

/** Between two readings that nothing asked for passes so many times what one takes: a slow link is for others too. */
const REST = 4;

/**
 * What a channel holds, read on every occasion. What was read only because the channel is ready is left out where it is
 * the same as before: many a channel always is.
 */
export function channelValues(
  name: string,
  way: ChannelWay,
  scheduler: SchedulerLike,
  read: Observable<Uint8Array<ArrayBuffer>>,
): Observable<Uint8Array<ArrayBuffer>> {
  return new Observable((subscriber) => {
    const fresh$ = new Subject<number>();
    let last: Uint8Array<ArrayBuffer> | undefined;
    let expected = true;
    let beganAt = 0;
    const isNew = (bytes: Uint8Array<ArrayBuffer>): boolean => {
      const changed = last === undefined || !sameBytes(bytes, last);
      if (changed) fresh$.next(REST * (scheduler.now() - beganAt));
      const emitted = changed || expected;
      expected = false;
      last = bytes;
      return emitted;
    };
    const told$ = way.eventsOf(name);
    subscriber.add(
      way
        .whileThere(name, (session, id) =>
          occasions(session, id, told$, fresh$, scheduler).pipe(
            tap((occasion) => (expected ||= occasion !== 'ready')),
            keepLatest(() =>
              defer(() => {
                beganAt = scheduler.now();
                return read;
              }).pipe(filter(isNew), retry({ delay: (error) => lostOnTheWay(error, scheduler) }), catchError(passing)),
            ),
          ),
        )
        .subscribe(subscriber),
    );
  });
}

/** How soon what was lost on the way is read again. */
const AGAIN_MS = 1000;

/** What was lost on the way is still the value; a session that is over ends the waiting, and the next one reads again. */
function lostOnTheWay(error: unknown, scheduler: SchedulerLike): Observable<unknown> {
  return isOpenMVError(error, 'OUTCOME_UNKNOWN') || isOpenMVError(error, 'TIMEOUT')
    ? timer(AGAIN_MS, scheduler)
    : throwError(() => error);
}

/**
 * What is no end to following a channel: nothing is there now, or the channel itself is not; or the session is over, and
 * the next one reads again.
 */
export function passing(error: unknown): Observable<never> {
  const nothing = isOpenMVError(error, 'NAK') && error.status === Status.FAILED;
  return nothing || (isOpenMVError(error) && PASSING.has(error.code)) ? EMPTY : throwError(() => error);
}

const PASSING: ReadonlySet<string> = new Set(['LINK_LOST', 'TIMEOUT', 'OUTCOME_UNKNOWN', 'NO_SUCH_CHANNEL']);

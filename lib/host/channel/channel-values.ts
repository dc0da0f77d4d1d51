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
import type { ChannelOperations } from './channel-access.js';
import { keepLatest } from '../../signals/keep-latest.js';
import { readingTimes } from './reading-times.js';

/** The pause between two polled readings, as a multiple of the duration of one: it leaves a slow link to other commands. */
const REST = 4;

/**
 * The values of a channel, read at every reading time. A reading that only a poll caused is emitted if it differs from the one
 * before: some channels are always ready.
 */
export function channelValues(
  name: string,
  operations: ChannelOperations,
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
    const channelEvents$ = operations.eventsOf(name);
    subscriber.add(
      operations
        .whileRegistered(name, (session, id) =>
          readingTimes(session, id, channelEvents$, fresh$, scheduler).pipe(
            tap((reason) => (expected ||= reason !== 'ready')),
            keepLatest(() =>
              defer(() => {
                beganAt = scheduler.now();
                return read;
              }).pipe(
                filter(isNew),
                retry({ delay: (error) => afterLoss(error, scheduler) }),
                catchError(ignoreTransient),
              ),
            ),
          ),
        )
        .subscribe(subscriber),
    );
  });
}

/** The delay before a reading that the link lost is repeated. */
const AGAIN_MS = 1000;

/** Repeats a reading that the link lost. Other errors pass: after the end of a session, the next session reads again. */
function afterLoss(error: unknown, scheduler: SchedulerLike): Observable<unknown> {
  return isOpenMVError(error, 'OUTCOME_UNKNOWN') || isOpenMVError(error, 'TIMEOUT')
    ? timer(AGAIN_MS, scheduler)
    : throwError(() => error);
}

/** Ignores errors after which a channel can still be followed: it is empty or not registered, or the session has ended. */
export function ignoreTransient(error: unknown): Observable<never> {
  const isEmpty = isOpenMVError(error, 'NAK') && error.status === Status.FAILED;
  return isEmpty || (isOpenMVError(error) && TRANSIENT.has(error.code)) ? EMPTY : throwError(() => error);
}

const TRANSIENT: ReadonlySet<string> = new Set(['LINK_LOST', 'TIMEOUT', 'OUTCOME_UNKNOWN', 'NO_SUCH_CHANNEL']);

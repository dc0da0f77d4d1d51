import {
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  ignoreElements,
  map,
  merge,
  of,
  repeat,
  switchMap,
  tap,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { decodeWord } from '../../wire/payloads/index.js';
import { commands } from '../link/command.js';
import type { Session } from '../session/session.js';

/** The shortest interval between two polls of a channel: its last poll found a new value, and it has sent no events. */
const SHORTEST_MS = 20;
/** The longest interval between two polls, because an event may be lost. */
const LONGEST_MS = 1000;

/** Why a channel is read now. */
export type ReadingReason = 'begin' | 'event' | 'ready';

/**
 * The times to read a channel: at once, after each of its events, and when a poll says that it is ready. Polling is needed because
 * a channel may have no events, and an event may be lost. The interval is long for a channel that has sent events or has nothing
 * new, and short for a channel that keeps changing.
 *
 * @param channelEvents$ the channel's events
 * @param fresh$ emits after a reading with a new value: the milliseconds to leave the link to others
 */
export function readingTimes(
  session: Session,
  channel: number,
  channelEvents$: Observable<unknown>,
  fresh$: Observable<number>,
  scheduler: SchedulerLike,
): Observable<ReadingReason> {
  const isReady = session.request(commands.poll()).pipe(
    filter(({ payload }) => ((decodeWord(payload) >>> channel) & 1) === 1),
    map((): ReadingReason => 'ready'),
    // The reading itself reports an error of the link.
    catchError(() => EMPTY),
  );
  let hasEvents = false;
  const ready$ = merge(
    of(0),
    channelEvents$.pipe(
      tap(() => (hasEvents = true)),
      map(() => 0),
    ),
    fresh$,
  ).pipe(
    switchMap((restMs) => {
      let waitMs = hasEvents ? LONGEST_MS : Math.min(Math.max(SHORTEST_MS, restMs), LONGEST_MS);
      const polled = defer(() => concat(timer(waitMs, scheduler).pipe(ignoreElements()), isReady)).pipe(
        tap({ complete: () => (waitMs = Math.min(2 * waitMs, LONGEST_MS)) }),
      );
      return polled.pipe(repeat());
    }),
  );
  return merge(channelEvents$.pipe(map((): ReadingReason => 'event')), ready$, of<ReadingReason>('begin'));
}

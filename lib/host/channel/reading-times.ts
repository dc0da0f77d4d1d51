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

/** How soon a channel is asked again whether it is ready, where that brought something new the last time and it has no events. */
const SHORTEST_MS = 20;
/** And at the latest: an event may be lost. */
const LONGEST_MS = 1000;

/** Why a channel is looked at. */
export type Occasion = 'begin' | 'event' | 'ready';

/**
 * When to read a channel: at once, after each of its events, and when it is ready though it said nothing. Not every channel
 * has events, and one may be lost, so a silent one is asked (POLL): seldom where it has told something before or nothing
 * new comes, often where something does.
 *
 * @param told$ the channel's events
 * @param fresh$ emits when a reading brought something new, with the milliseconds that are left to others before the next
 */
export function occasions(
  session: Session,
  channel: number,
  told$: Observable<unknown>,
  fresh$: Observable<number>,
  scheduler: SchedulerLike,
): Observable<Occasion> {
  const isReady = session.request(commands.poll()).pipe(
    filter(({ payload }) => ((decodeWord(payload) >>> channel) & 1) === 1),
    map((): Occasion => 'ready'),
    // What is wrong with the link shows where it is used.
    catchError(() => EMPTY),
  );
  let tells = false;
  const ready$ = merge(
    of(0),
    told$.pipe(
      tap(() => (tells = true)),
      map(() => 0),
    ),
    fresh$,
  ).pipe(
    switchMap((restMs) => {
      let waitMs = tells ? LONGEST_MS : Math.min(Math.max(SHORTEST_MS, restMs), LONGEST_MS);
      const asked = defer(() => concat(timer(waitMs, scheduler).pipe(ignoreElements()), isReady)).pipe(
        tap({ complete: () => (waitMs = Math.min(2 * waitMs, LONGEST_MS)) }),
      );
      return asked.pipe(repeat());
    }),
  );
  return merge(told$.pipe(map((): Occasion => 'event')), ready$, of<Occasion>('begin'));
}

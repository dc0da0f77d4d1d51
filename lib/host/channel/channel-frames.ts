import {
  catchError,
  defer,
  EMPTY,
  filter,
  map,
  Subject,
  switchMap,
  tap,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import type { Frame } from '../../frames/frame.js';
import { pictureOf } from '../../frames/picture-of.js';
import type { FrameFormat } from '../../frames/pixel-format.js';
import type { ChannelWay } from './channel-access.js';
import { requireReadable, type ChannelInfo } from '../session/channel-info.js';
import { passing } from './channel-values.js';
import { keepLatest } from '../../signals/keep-latest.js';
import { holdingLock } from './lock.js';
import { timeOfDay } from '../monotonic-scheduler.js';
import { occasions } from './reading-times.js';
import { readRange } from './read-range.js';
import type { Session } from '../session/session.js';
import { shapeOf } from './shaped-array.js';
import { sizeOf } from './transfer.js';

/** The frames of a channel that serves pictures: on each occasion SIZE, SHAPE, READ, under its lock where it has one. */
export function channelFrames(
  name: string,
  way: ChannelWay,
  scheduler: SchedulerLike,
  format: FrameFormat | undefined,
): Observable<Frame> {
  return defer(() => {
    const fresh$ = new Subject<number>();
    const told$ = way.eventsOf(name);
    let index = 0;
    const frame = way
      .operate(name, (session, info) =>
        defer(() => {
          requireReadable(info);
          return underItsLock(session, info, picture(session, info.id, info.lockable));
        }),
      )
      .pipe(
        map(({ bytes, shape }) =>
          pictureOf({ bytes, shape, format, name, index: index++, receivedAt: timeOfDay(scheduler) }),
        ),
        tap(() => fresh$.next(0)),
        // A part that was lost is gone with its picture: there will be a next one.
        catchError(passing),
      );
    return way.whileThere(name, (session, id) =>
      occasions(session, id, told$, fresh$, scheduler).pipe(keepLatest(() => frame)),
    );
  });
}

interface Reading {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly shape: readonly number[];
}

function picture(session: Session, channel: number, locked: boolean): Observable<Reading> {
  return sizeOf(session, channel).pipe(
    filter((length) => length > 0),
    switchMap((length) =>
      shapeOf(session, channel).pipe(
        switchMap((shape) =>
          readRange(session, channel, { offset: 0, length }, locked ? 'same-session' : 'never').pipe(
            // Shorter than it said is another picture's rest.
            filter((bytes) => bytes.length === length),
            map((bytes) => ({ bytes, shape })),
          ),
        ),
      ),
    ),
  );
}

function underItsLock<T>(session: Session, { id, lockable }: ChannelInfo, work: Observable<T>): Observable<T> {
  return lockable ? holdingLock(session, id, { granted: () => work, refused: () => EMPTY }) : work;
}

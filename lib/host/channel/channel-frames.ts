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
import type { ChannelOperations } from './channel-access.js';
import { requireReadable, type ChannelInfo } from '../session/channel-info.js';
import { ignoreTransient } from './channel-values.js';
import { keepLatest } from '../../signals/keep-latest.js';
import { holdingLock } from './lock.js';
import { timeOfDay } from '../monotonic-scheduler.js';
import { readingTimes } from './reading-times.js';
import { readRange } from './read-range.js';
import type { Session } from '../session/session.js';
import { shapeOf } from './shaped-array.js';
import { sizeOf } from './transfer.js';

/** The frames of a channel that serves pictures: SIZE, SHAPE and READ at each reading time, under the channel's lock if it has one. */
export function channelFrames(
  name: string,
  operations: ChannelOperations,
  scheduler: SchedulerLike,
  format: FrameFormat | undefined,
): Observable<Frame> {
  return defer(() => {
    const fresh$ = new Subject<number>();
    const channelEvents$ = operations.eventsOf(name);
    let index = 0;
    const frame = operations
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
        // If part of a picture is lost, skip the picture: the next one follows.
        catchError(ignoreTransient),
      );
    return operations.whileRegistered(name, (session, id) =>
      readingTimes(session, id, channelEvents$, fresh$, scheduler).pipe(keepLatest(() => frame)),
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
            // A reply shorter than SIZE is the rest of another picture.
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

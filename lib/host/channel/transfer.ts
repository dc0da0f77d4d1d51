import { catchError, defer, EMPTY, map, of, repeat, switchMap, throwError, type Observable } from 'rxjs';
import { isOpenMVError, OpenMVError } from '../../errors.js';
import { decodeWord } from '../../wire/payloads/index.js';
import { NO_BYTES } from '../../wire/packet.js';
import { Status } from '../../wire/status.js';
import { commands, type Repeatable } from '../link/command.js';
import { readRange } from './read-range.js';
import type { Session } from '../session/session.js';

/** How far a write is. */
export interface WriteProgress {
  /** Bytes that the camera has acknowledged. */
  readonly sent: number;
  /** Bytes of the whole. */
  readonly total: number;
}

/** Readings of one value, where fragments of it were lost and can't be read again one by one. */
const MAX_READINGS = 4;

/** SIZE, once, then all of it (PROTOCOL 7). An empty channel is an empty array. */
export function readAll(session: Session, channel: number): Observable<Uint8Array<ArrayBuffer>> {
  return wholeReading(sizeOf(session, channel).pipe(switchMap((size) => readUpTo(session, channel, size))));
}

/** READ of what SIZE said. */
export function readUpTo(session: Session, channel: number, size: number): Observable<Uint8Array<ArrayBuffer>> {
  return size === 0 ? of(NO_BYTES) : readRange(session, channel, { offset: 0, length: size }, 'never');
}

/** A reading of one value, of several commands, that is begun anew where the reply to one of them was lost. */
export function wholeReading<T>(reading: Observable<T>, readings = MAX_READINGS): Observable<T> {
  return reading.pipe(
    catchError((error: unknown) => {
      if (!isOpenMVError(error, 'OUTCOME_UNKNOWN')) return throwError(() => error);
      // Of a reading nobody asks whether it was executed, but why there is none.
      if (error.cause !== undefined) return throwError(() => error.cause);
      // What a lost reply held may be gone from the channel: only the whole, read anew, is one value.
      return readings > 1 ? wholeReading(reading, readings - 1) : throwError(() => error);
    }),
  );
}

export function sizeOf(session: Session, channel: number): Observable<number> {
  return session.request(commands.size(channel)).pipe(map(({ payload }) => decodeWord(payload)));
}

/** Where a value may be cut: the length of the first piece of at most `limit` bytes. */
export type Cut = (bytes: Uint8Array, limit: number) => number;

/** At any byte. */
export const anywhere: Cut = (_, limit) => limit;

function checkedCut(length: number, limit: number): number {
  if (Number.isInteger(length) && length >= 1 && length <= limit) return length;
  throw new OpenMVError('INVALID_ARGUMENT', `a codec cuts pieces of 1 to ${limit} bytes, and not of ${length}`);
}

/**
 * Writes with growing offsets, as many bytes a command as the camera takes (PROTOCOL 7) and `cut` allows, one after
 * another. Emits after each acknowledgement. Errors with `TOO_LARGE`, before anything is sent, where it can't be cut.
 */
export function writeAll(
  session: Session,
  channel: number,
  data: Uint8Array,
  cut: Cut | undefined,
  repeatable: Repeatable = 'never',
): Observable<WriteProgress> {
  const total = data.length;
  let sent = 0;
  const next = defer(() => {
    const limit = session.info.maxWriteBytes;
    if (total > limit && cut === undefined) {
      const message = `${session.nameOf(channel)}: a value of ${total} bytes does not fit in one write, which takes ${limit}, and its codec does not say where it may be cut`;
      return throwError(() => new OpenMVError('TOO_LARGE', message));
    }
    const rest = data.subarray(sent);
    const part =
      cut === undefined || rest.length <= limit ? rest : rest.subarray(0, checkedCut(cut(rest, limit), limit));
    return session.request(commands.write(channel, sent, part, repeatable)).pipe(
      map(() => {
        sent += part.length;
        return { sent, total };
      }),
      // The camera takes less since it was put into the queue; it is refused whole (PROTOCOL 5).
      catchError((error: unknown) => {
        const shrunk = session.info.maxWriteBytes < limit;
        const refused = isOpenMVError(error, 'NAK') && error.status === Status.OVERFLOW;
        return shrunk && refused ? EMPTY : throwError(() => error);
      }),
    );
  });
  return next.pipe(repeat({ delay: () => (sent < total ? of('more') : EMPTY) }));
}

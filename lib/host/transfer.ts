import { catchError, concatMap, map, of, range, switchMap, throwError, type Observable } from 'rxjs';
import { isOpenMVError } from '../errors.js';
import { decodeWord, WRITE_HEAD_BYTES } from '../wire/payloads/index.js';
import { NO_BYTES } from '../wire/packet.js';
import { commands, type Repeatable } from './command.js';
import { readRange } from './read-range.js';
import type { Session } from './session.js';

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
export function readAll(session: Session, channel: number): Observable<Uint8Array> {
  return reading(session, channel, MAX_READINGS);
}

function reading(session: Session, channel: number, readings: number): Observable<Uint8Array> {
  return sizeOf(session, channel).pipe(
    switchMap((size) =>
      size === 0 ? of(NO_BYTES) : readRange(session, channel, { offset: 0, length: size }, 'never'),
    ),
    catchError((error: unknown) => {
      if (!isOpenMVError(error, 'OUTCOME_UNKNOWN')) return throwError(() => error);
      // Of a reading nobody asks whether it was executed, but why there is none.
      if (error.cause !== undefined) return throwError(() => error.cause);
      // What a lost reply held may be gone from the channel: only the whole, read anew, is one value.
      return readings > 1 ? reading(session, channel, readings - 1) : throwError(() => error);
    }),
  );
}

export function sizeOf(session: Session, channel: number): Observable<number> {
  return session.request(commands.size(channel)).pipe(map(({ payload }) => decodeWord(payload)));
}

/**
 * Writes with growing offsets, as many bytes a command as the camera takes (PROTOCOL 7), one after another. Emits after
 * each acknowledgement.
 */
export function writeAll(
  session: Session,
  channel: number,
  data: Uint8Array,
  repeatable: Repeatable = 'never',
): Observable<WriteProgress> {
  const piece = session.info.capabilities.maxPayload - WRITE_HEAD_BYTES;
  const total = data.length;
  return range(0, Math.ceil(total / piece)).pipe(
    concatMap((index) => {
      const offset = index * piece;
      const part = data.subarray(offset, offset + piece);
      return session
        .request(commands.write(channel, offset, part, repeatable))
        .pipe(map(() => ({ sent: offset + part.length, total })));
    }),
  );
}

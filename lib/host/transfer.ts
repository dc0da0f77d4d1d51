import { catchError, concat, concatMap, defer, map, of, range, switchMap, throwError, type Observable } from 'rxjs';
import { isOpenMVError, OpenMVError } from '../errors.js';
import { decodeWord } from '../wire/payloads/index.js';
import { WRITE_HEAD_BYTES } from '../wire/payloads/index.js';
import { NO_BYTES } from '../wire/packet.js';
import type { Range } from '../wire/reassembler.js';
import { Status } from '../wire/status.js';
import { commands, type Repeatable } from './command.js';
import type { Reply } from './job.js';
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
/** Rounds in which missing ranges are read again. */
const MAX_ROUNDS = 8;

/** SIZE, once, then all of it (PROTOCOL 7). An empty channel is an empty array. */
export function readAll(session: Session, channel: number): Observable<Uint8Array> {
  return reading(session, channel, MAX_READINGS);
}

function reading(session: Session, channel: number, readings: number): Observable<Uint8Array> {
  return sizeOf(session, channel).pipe(
    switchMap((size) =>
      size === 0 ? of(NO_BYTES) : readRange(session, channel, { offset: 0, length: size }, 'never'),
    ),
    catchError((error: unknown) =>
      // What a lost reply held may be gone from the channel: only the whole, read anew, is one value.
      readings > 1 && isOpenMVError(error, 'OUTCOME_UNKNOWN')
        ? reading(session, channel, readings - 1)
        : throwError(() => error),
    ),
  );
}

export function sizeOf(session: Session, channel: number): Observable<number> {
  return session.request(commands.size(channel)).pipe(map(({ payload }) => decodeWord(payload)));
}

/**
 * Bytes of a channel. Shorter than asked for where the channel ran dry. Lost fragments are read again by their offset
 * if the read is repeatable; if not, errors with `OUTCOME_UNKNOWN`.
 */
export function readRange(
  session: Session,
  channel: number,
  range: Range,
  repeatable: Repeatable,
): Observable<Uint8Array> {
  return readRounds(session, channel, range, repeatable, MAX_ROUNDS);
}

function readRounds(
  session: Session,
  channel: number,
  whole: Range,
  repeatable: Repeatable,
  rounds: number,
): Observable<Uint8Array> {
  return session.request(commands.read(channel, whole.offset, whole.length, repeatable)).pipe(
    switchMap((reply) => {
      const lost = lostRanges(reply, whole.length);
      if (lost.length === 0) return of(reply.payload);
      if (repeatable === 'never')
        return reply.missing.length === 0 ? of(reply.payload) : throwError(() => lostForGood(channel));
      if (rounds === 0)
        return throwError(() => new OpenMVError('TIMEOUT', `channel ${channel}: too much of what was read was lost`));
      const filled = new Uint8Array(whole.length);
      filled.set(reply.payload);
      let end = whole.length;
      const again = lost.map(({ offset, length }) =>
        readRounds(session, channel, { offset: whole.offset + offset, length }, repeatable, rounds - 1).pipe(
          map((part) => {
            filled.set(part, offset);
            if (part.length < length) end = Math.min(end, offset + part.length);
          }),
          catchError((error: unknown) => {
            if (!isOpenMVError(error, 'NAK') || error.status !== Status.FAILED) return throwError(() => error);
            end = Math.min(end, offset);
            return of(undefined);
          }),
        ),
      );
      return concat(
        ...again.map((part) => part.pipe(switchMap(() => []))),
        defer(() => of(filled.subarray(0, end))),
      );
    }),
  );
}

/** The holes of a reply, and its end where that did not come. */
function lostRanges({ payload, missing, ended }: Reply, length: number): Range[] {
  const tail = length - payload.length;
  return ended || tail <= 0 ? [...missing] : [...missing, { offset: payload.length, length: tail }];
}

function lostForGood(channel: number): OpenMVError {
  return new OpenMVError('OUTCOME_UNKNOWN', `parts of what was read from channel ${channel} were lost on the way`);
}

/**
 * Writes with growing offsets, as many bytes a command as the camera takes (PROTOCOL 7), one after another. Emits after
 * each acknowledgement.
 */
export function writeAll(session: Session, channel: number, data: Uint8Array): Observable<WriteProgress> {
  const piece = session.info.capabilities.maxPayload - WRITE_HEAD_BYTES;
  const total = data.length;
  return range(0, Math.ceil(total / piece)).pipe(
    concatMap((index) => {
      const offset = index * piece;
      const part = data.subarray(offset, offset + piece);
      return session
        .request(commands.write(channel, offset, part, 'never'))
        .pipe(map(() => ({ sent: offset + part.length, total })));
    }),
  );
}

import {
  catchError,
  concat,
  defer,
  EMPTY,
  ignoreElements,
  map,
  of,
  repeat,
  tap,
  throwError,
  type Observable,
} from 'rxjs';
import { isOpenMVError, OpenMVError } from '../../errors.js';
import type { Range } from '../../wire/reassembler.js';
import { Status } from '../../wire/status.js';
import { commands, type Repeatable } from '../link/command.js';
import type { Reply } from '../link/job.js';
import { replyBudget } from '../session/buffer-budget.js';
import type { Session } from '../session/session.js';

/** The most bytes of one value: sixteen times the largest stream buffer of current boards. */
const MAX_READ_BYTES = 16 * 1024 * 1024;
/** The most commands of one read that read lost ranges again. */
const MAX_REPAIRS = 64;

/**
 * Reads bytes of a channel: fewer than requested if the channel has no more.
 *
 * If the read may be repeated, it is split into slices that arrive in one array, and lost ranges are read again by their offset. Otherwise it
 * takes as few commands as possible, and errors with `OUTCOME_UNKNOWN` if a part is lost. Errors with `TOO_LARGE` for more than
 * 16 MiB, before it allocates memory: the size that a camera reports may be wrong.
 */
export function readRange(
  session: Session,
  channel: number,
  range: Range,
  repeatable: Repeatable,
): Observable<Uint8Array<ArrayBuffer>> {
  const refused = tooLarge(session, channel, range.length);
  if (refused !== undefined) return throwError(() => refused);
  return defer(() =>
    repeatable === 'never' ? readInPieces(session, channel, range) : readInSlices(session, channel, range, repeatable),
  );
}

/**
 * A read that may consume its data, in as few commands as the camera's buffer allows (PROTOCOL 5a, "Room in the buffer"): usually one. The
 * commands begin at whole packets, so the camera calls a `read` back-end as it would for one command.
 */
function readInPieces(
  session: Session,
  channel: number,
  { offset, length }: Range,
): Observable<Uint8Array<ArrayBuffer>> {
  const most = replyBudget(session, channel);
  if (length <= most) return readOnce(session, channel, { offset, length });
  const bytes = new Uint8Array(length);
  let at = 0;
  let isDry = false;
  const next = defer(() => {
    const wanted = Math.min(most, length - at);
    return readOnce(session, channel, { offset: offset + at, length: wanted }).pipe(
      tap((piece) => {
        bytes.set(piece, at);
        at += piece.length;
        isDry = piece.length < wanted;
      }),
      catchError((error: unknown) => {
        if (at === 0 || !isOpenMVError(error, 'NAK') || error.status !== Status.FAILED) return throwError(() => error);
        isDry = true;
        return EMPTY;
      }),
    );
  });
  return concat(
    next.pipe(repeat({ delay: () => (at < length && !isDry ? of('more') : EMPTY) }), ignoreElements()),
    defer(() => of(bytes.subarray(0, at))),
  );
}

function readOnce(session: Session, channel: number, { offset, length }: Range): Observable<Uint8Array<ArrayBuffer>> {
  return session.request(commands.read(channel, offset, length, 'never')).pipe(
    map(({ payload, missing }) => {
      if (missing.length > 0) throw lostForGood(session.nameOf(channel));
      return payload;
    }),
  );
}

function readInSlices(
  session: Session,
  channel: number,
  whole: Range,
  repeatable: Repeatable,
): Observable<Uint8Array<ArrayBuffer>> {
  const { maxPayload } = session.info.capabilities;
  const todo: Range[] = [{ offset: 0, length: whole.length }];
  const bytes = new Uint8Array(whole.length);
  let end = whole.length;
  let repairs = 0;

  const take = ({ offset, length }: Range, reply: Reply): void => {
    put(reply.payload, bytes, offset);
    const lost = lostRanges(reply, length).map((range) => ({ offset: offset + range.offset, length: range.length }));
    repairs += lost.length;
    const { pace, payload } = reply;
    if (pace && lost.length === 0)
      session.slicePace.measured(Math.ceil(payload.length / maxPayload), pace.firstMs, pace.restMs);
    if (repairs > MAX_REPAIRS)
      throw new OpenMVError('TIMEOUT', `${session.nameOf(channel)}: the link lost too many parts of the value`);
    todo.unshift(...lost);
    if (reply.ended && reply.payload.length < length) endAt(offset + reply.payload.length);
  };
  const endAt = (at: number): void => {
    end = Math.min(end, at);
    todo.length = 0;
  };
  const next = defer(() => {
    const most = Math.floor(replyBudget(session, channel) / LARGEST_SLICE);
    const range = takeSlice(todo, Math.min(session.slicePace.packets(maxPayload) * maxPayload, most));
    if (range === undefined) return EMPTY;
    const into = bytes.subarray(range.offset, range.offset + range.length);
    return session
      .request({ ...commands.read(channel, whole.offset + range.offset, range.length, repeatable), into })
      .pipe(
        tap((reply) => take(range, reply)),
        catchError((error: unknown) => {
          if (!isOpenMVError(error, 'NAK') || error.status !== Status.FAILED || range.offset === 0)
            return throwError(() => error);
          endAt(range.offset);
          return EMPTY;
        }),
      );
  });
  return concat(
    next.pipe(repeat({ delay: () => (todo.length > 0 ? of('more') : EMPTY) }), ignoreElements()),
    defer(() => of(bytes.subarray(0, end))),
  );
}

/** The largest slice, as a multiple of its target: it avoids a tiny last slice. */
const LARGEST_SLICE = 1.5;

/** Takes about `bytes` from the first range of `todo`. */
function takeSlice(todo: Range[], bytes: number): Range | undefined {
  const first = todo.shift();
  if (first === undefined || first.length < LARGEST_SLICE * bytes) return first;
  todo.unshift({ offset: first.offset + bytes, length: first.length - bytes });
  return { offset: first.offset, length: bytes };
}

/** Copies a payload that was not reassembled in place. */
function put(payload: Uint8Array, bytes: Uint8Array, offset: number): void {
  if (payload.buffer !== bytes.buffer) bytes.set(payload, offset);
}

/** The missing ranges of a reply, including its end if the last fragment is missing. */
function lostRanges({ payload, missing, ended }: Reply, length: number): Range[] {
  const tail = length - payload.length;
  return ended || tail <= 0 ? [...missing] : [...missing, { offset: payload.length, length: tail }];
}

/** The error of a value that is too large to read; `undefined` if it is not. */
export function tooLarge(session: Session, channel: number, bytes: number): OpenMVError | undefined {
  if (bytes <= MAX_READ_BYTES) return undefined;
  const message = `${session.nameOf(channel)} reports a size of ${bytes} bytes, but at most ${MAX_READ_BYTES} can be read`;
  return new OpenMVError('TOO_LARGE', message);
}

function lostForGood(channel: string): OpenMVError {
  return new OpenMVError(
    'OUTCOME_UNKNOWN',
    `the link lost parts of the value of ${channel}, and they can't be read again`,
  );
}

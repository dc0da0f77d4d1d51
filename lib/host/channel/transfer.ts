import { catchError, defer, EMPTY, map, of, repeat, retry, switchMap, throwError, type Observable } from 'rxjs';
import { requireOptions } from '../../arguments.js';
import { isOpenMVError, OpenMVError } from '../../errors.js';
import { decodeWord } from '../../wire/payloads/index.js';
import { NO_BYTES } from '../../wire/packet.js';
import { Status } from '../../wire/status.js';
import { commands, type Repeatable } from '../link/command.js';
import { readRange } from './read-range.js';
import type { Session } from '../session/session.js';

/** Options of `channel.write()` and `channel.ioctl()`. */
export interface CommandOptions {
  /**
   * Allows the command to be executed twice, which does no harm if it sets a value, for example. If the camera's reply is lost, the command is sent
   * again. By default a command is executed at most once, and it errors with `OUTCOME_UNKNOWN` if its reply is lost. Default `false`.
   */
  readonly atLeastOnce?: boolean;
}

/** Checks the options of a command, and returns when it may be sent again. */
export function repeatableOf(taker: string, options: CommandOptions): Repeatable {
  requireOptions<CommandOptions>(taker, options, { atLeastOnce: true });
  return options.atLeastOnce ? 'always' : 'never';
}

/** The progress of a write. */
export interface WriteProgress {
  /** Bytes that the camera has acknowledged. */
  readonly sent: number;
  /** Bytes of the whole value. */
  readonly total: number;
}

/** The most attempts to read one value whose lost fragments can't be read again by themselves. */
const MAX_READINGS = 4;

/** SIZE, once, then all of it (PROTOCOL 7). An empty channel is an empty array. */
export function readAll(session: Session, channel: number): Observable<Uint8Array<ArrayBuffer>> {
  return wholeReading(sizeOf(session, channel).pipe(switchMap((size) => readUpTo(session, channel, size))));
}

/** READ of `size` bytes. */
export function readUpTo(session: Session, channel: number, size: number): Observable<Uint8Array<ArrayBuffer>> {
  return size === 0 ? of(NO_BYTES) : readRange(session, channel, { offset: 0, length: size }, 'never');
}

/** Reads one value with several commands. If a reply is lost, it begins again: the lost part may be gone from the channel. */
export function wholeReading<T>(reading: Observable<T>): Observable<T> {
  return reading.pipe(
    // A read changes nothing, so report the cause, not OUTCOME_UNKNOWN.
    catchError((error: unknown) =>
      throwError(() => (isOpenMVError(error, 'OUTCOME_UNKNOWN') && error.cause !== undefined ? error.cause : error)),
    ),
    retry({
      count: MAX_READINGS - 1,
      delay: (error: unknown) => (isOpenMVError(error, 'OUTCOME_UNKNOWN') ? of('again') : throwError(() => error)),
    }),
  );
}

/** Emits whether a poll says that the channel is ready. */
export function isReady(session: Session, channel: number): Observable<boolean> {
  return session.request(commands.poll()).pipe(map(({ payload }) => ((decodeWord(payload) >>> channel) & 1) === 1));
}

export function sizeOf(session: Session, channel: number): Observable<number> {
  return session.request(commands.size(channel)).pipe(map(({ payload }) => decodeWord(payload)));
}

/** Returns where to cut a value: the length of its first piece, at most `limit` bytes. */
export type Cut = (bytes: Uint8Array, limit: number) => number;

/** Cuts at any byte. */
export const anywhere: Cut = (_, limit) => limit;

function checkedCut(length: number, limit: number): number {
  if (Number.isInteger(length) && length >= 1 && length <= limit) return length;
  throw new OpenMVError(
    'INVALID_ARGUMENT',
    `the codec's cut must return a length from 1 to ${limit} bytes, not ${length}`,
  );
}

/**
 * Writes a value with one command after another, each with as many bytes as the camera accepts (PROTOCOL 7) and `cut` allows. Emits
 * after each acknowledgement. Errors with `TOO_LARGE`, and sends nothing, if the value is too long and can't be cut.
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
      const message = `${session.nameOf(channel)}: a value of ${total} bytes is too long for one write of ${limit} bytes, and its codec has no cut to split it`;
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
      // The camera's limit fell while the command was queued, so the camera refused all of it (PROTOCOL 5).
      catchError((error: unknown) => {
        const shrunk = session.info.maxWriteBytes < limit;
        const refused = isOpenMVError(error, 'NAK') && error.status === Status.OVERFLOW;
        return shrunk && refused ? EMPTY : throwError(() => error);
      }),
    );
  });
  return next.pipe(repeat({ delay: () => (sent < total ? of('more') : EMPTY) }));
}

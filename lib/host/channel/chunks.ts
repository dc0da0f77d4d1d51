import { catchError, defer, EMPTY, map, of, repeat, switchMap, takeWhile, throwError, type Observable } from 'rxjs';
import { requireWhole } from '../../arguments.js';
import { isOpenMVError } from '../../errors.js';
import { NO_BYTES } from '../../wire/packet.js';
import { Status } from '../../wire/status.js';
import { readRange } from './read-range.js';
import type { Session } from '../session/session.js';
import { sizeOf } from './transfer.js';

/** Which part of a channel is read, in bytes. */
export interface ChunkRange {
  /** Default 0. */
  readonly offset?: number;
  /** At most. Default: to the end. */
  readonly length?: number;
  /** How much is read, and emitted, at a time. Default 16 384. */
  readonly chunkBytes?: number;
}

/** A part of what a channel holds. */
export interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where they stand in the channel. */
  readonly offset: number;
  /** The channel's size when the reading began. */
  readonly size: number;
}

const CHUNK_BYTES = 16_384;

/** @throws {OpenMVError} `INVALID_ARGUMENT` for numbers that make no sense. */
export function requireRange({ offset = 0, length = 0, chunkBytes = CHUNK_BYTES }: ChunkRange): void {
  for (const [name, value, least] of [
    ['offset', offset, 0],
    ['length', length, 0],
    ['chunkBytes', chunkBytes, 1],
  ] as const)
    requireWhole(name, value, least, 0xffff_ffff);
}

/** SIZE, and then the range, one command a chunk: the camera's script is called in the order of the offsets, once each. */
export function readChunks(
  session: Session,
  channel: number,
  { offset = 0, length = Infinity, chunkBytes = CHUNK_BYTES }: ChunkRange,
): Observable<Chunk> {
  return sizeOf(session, channel).pipe(
    switchMap((size) => {
      const end = Math.min(size, offset + length);
      let at = offset;
      const next = defer(() => {
        const begin = at;
        const wanted = Math.min(chunkBytes, end - begin);
        return readRange(session, channel, { offset: begin, length: wanted }, 'never').pipe(
          catchError((error: unknown) =>
            begin > offset && isOpenMVError(error, 'NAK') && error.status === Status.FAILED
              ? of(NO_BYTES)
              : throwError(() => error),
          ),
          map((bytes) => {
            // Shorter than it said: it ran dry.
            at = bytes.length < wanted ? end : begin + wanted;
            return { bytes, offset: begin, size };
          }),
        );
      });
      if (at >= end) return EMPTY;
      return next.pipe(
        repeat({ delay: () => (at < end ? of('more') : EMPTY) }),
        takeWhile(({ bytes }) => bytes.length > 0),
      );
    }),
  );
}

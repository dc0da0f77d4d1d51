import { catchError, defer, EMPTY, map, of, repeat, switchMap, takeWhile, throwError, type Observable } from 'rxjs';
import { requireWhole, requireOptions } from '../../arguments.js';
import { isOpenMVError } from '../../errors.js';
import { NO_BYTES } from '../../wire/packet.js';
import { Status } from '../../wire/status.js';
import { readRange } from './read-range.js';
import type { Session } from '../session/session.js';
import { sizeOf } from './transfer.js';

/** The part of a channel to read, in bytes. */
export interface ChunkRange {
  /** The first byte. Default 0. */
  readonly offset?: number;
  /** The most bytes to read. Default: up to the end. */
  readonly length?: number;
  /** The size of each chunk. Default 16 384. */
  readonly chunkBytes?: number;
}

/** A part of a channel's value. */
export interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The position of the first byte in the channel. */
  readonly offset: number;
  /** The channel's size when the reading began. */
  readonly size: number;
}

const CHUNK_BYTES = 16_384;

/** @throws {OpenMVError} `INVALID_ARGUMENT` if a number is not whole or out of range. */
export function requireRange(range: ChunkRange): void {
  requireOptions<ChunkRange>('readChunks', range, { offset: true, length: true, chunkBytes: true });
  const { offset = 0, length = 0, chunkBytes = CHUNK_BYTES } = range;
  for (const [name, value, least] of [
    ['offset', offset, 0],
    ['length', length, 0],
    ['chunkBytes', chunkBytes, 1],
  ] as const)
    requireWhole(name, value, least, 0xffff_ffff);
}

/** SIZE, then one READ for each chunk. The camera calls the script's `read` once for each, in the order of the offsets. */
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
            // A chunk shorter than requested is the end.
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

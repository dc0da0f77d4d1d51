import { catchError, map, of, switchMap, throwError, type Observable } from 'rxjs';
import { requireOneOf } from '../../arguments.js';
import { isOpenMVError, OpenMVError } from '../../errors.js';
import { decodeWords } from '../../wire/payloads/index.js';
import { Status } from '../../wire/status.js';
import { commands } from '../link/command.js';
import type { Session } from '../session/session.js';
import { readUpTo, sizeOf, wholeReading } from './transfer.js';

/** The arrays that `readArray` returns, by the type of their numbers. The numbers are little-endian, as on the camera. */
export interface NumberArrays {
  readonly u8: Uint8Array<ArrayBuffer>;
  readonly i8: Int8Array;
  readonly u16: Uint16Array;
  readonly i16: Int16Array;
  readonly u32: Uint32Array;
  readonly i32: Int32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
}

const ARRAYS = {
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
};

/** Numbers with their dimensions. */
export interface ShapedArray<K extends keyof NumberArrays = keyof NumberArrays> {
  /** All numbers; the index of the last dimension changes fastest. The array belongs to you. */
  readonly data: NumberArrays[K];
  /** The shape that the channel reports. A channel without a shape has one dimension. */
  readonly shape: readonly number[];
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` if the type is unknown. */
export function requireNumberType(type: string): void {
  requireOneOf('type', type, Object.keys(ARRAYS));
}

/** SIZE, SHAPE, READ. SIZE comes first because it may make the script prepare the value (PROTOCOL 7). */
export function readShapedArray<K extends keyof NumberArrays>(
  session: Session,
  channel: number,
  name: string,
  type: K,
): Observable<ShapedArray<K>> {
  const reading = sizeOf(session, channel).pipe(
    switchMap((size) =>
      shapeOf(session, channel).pipe(
        switchMap((shape) => readUpTo(session, channel, size).pipe(map((bytes) => shaped(type, bytes, shape, name)))),
      ),
    ),
  );
  return wholeReading(reading);
}

/** The channel's shape, empty for a channel without one. */
export function shapeOf(session: Session, channel: number): Observable<readonly number[]> {
  return session.request(commands.shape(channel)).pipe(
    map(({ payload }) => decodeWords(payload)),
    catchError((error: unknown) =>
      isOpenMVError(error, 'NAK') && error.status === Status.INVALID ? of([]) : throwError(() => error),
    ),
  );
}

function shaped<K extends keyof NumberArrays>(
  type: K,
  bytes: Uint8Array,
  shape: readonly number[],
  name: string,
): ShapedArray<K> {
  const NumberArray = ARRAYS[type];
  const count = bytes.length / NumberArray.BYTES_PER_ELEMENT;
  const expected = shape.length > 0 ? shape.reduce((product, length) => product * length, 1) : Math.floor(count);
  if (count !== expected) {
    const bytesEach = NumberArray.BYTES_PER_ELEMENT;
    const needed =
      shape.length > 0
        ? `${shape.join(' × ')} numbers of type ${type} take ${expected * bytesEach}`
        : `numbers of type ${type} take ${bytesEach} each`;
    throw new OpenMVError('MALFORMED', `channel '${name}' has ${bytes.length} bytes, but ${needed}`);
  }
  // A copy, because the bytes may not be aligned for this type.
  const data = new NumberArray(bytes.slice().buffer) as NumberArrays[keyof NumberArrays] as NumberArrays[K];
  return { data, shape: shape.length > 0 ? shape : [count] };
}

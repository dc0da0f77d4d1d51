import { requireByteOrder, requireOptions, type OptionNames } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { viewOf } from '../../wire/payloads/layout.js';
import { unshared } from '../../wire/bytes.js';
import type { Codec } from '../channel/codecs.js';
import { compile, type Field } from './fields.js';
import type { StructLayout, StructValue } from './layout.js';

/** Options of {@link struct} and {@link structs}. */
export interface StructOptions {
  /** The byte order of all numbers. Default `'little'`, the camera's own. */
  readonly byteOrder?: 'little' | 'big';
}

/** A codec for records of `size` bytes each. */
export interface StructCodec<Read, Write = Read> extends Codec<Read, Write> {
  readonly size: number;
  decode(bytes: Uint8Array): Read;
}

/**
 * A codec for records as Python's `struct` packs them with `<`: one field after another, without space in between.
 *
 * The layout also gives the TypeScript type of the record. Decoding errors with `MALFORMED`, with the name of the first field that is cut off. Bytes
 * after the record are ignored, so a script may append fields later. `bytes` fields are views of the received bytes. Encoding errors with
 * `INVALID_ARGUMENT`, with the name of the field, for a number out of range, an array or bytes of the wrong length, and text that is too long.
 *
 * @param layout the fields; see `FieldType`
 * @throws {OpenMVError} `INVALID_ARGUMENT` if the layout is wrong.
 *
 * @example
 * ```ts
 * import { struct, type Camera } from 'openmv-rx';
 *
 * // struct.pack("<IfffB3x8s", …) on the camera
 * const reading = struct({
 *   timeUs: 'u32',
 *   acceleration: { x: 'f32', y: 'f32', z: 'f32' },
 *   state: 'u8',
 *   gap: ['padding', 3],
 *   label: ['chars', 8],
 * });
 * const follow = (camera: Camera) =>
 *   camera.channel('imu', reading).value$.subscribe(({ timeUs, acceleration }) => console.log(timeUs, acceleration.z));
 * ```
 */
export function struct<const L extends StructLayout>(
  layout: L,
  options: StructOptions = {},
): StructCodec<StructValue<L>, StructValue<L, Uint8Array>> {
  requireOptions('struct', options, KNOWN);
  const { byteOrder = 'little' } = options;
  requireByteOrder(byteOrder);
  const field = compile(layout, byteOrder === 'little', '');
  return {
    size: field.size,
    decode: (bytes) => {
      if (bytes.length < field.size) throw tooShort(field, bytes.length, '');
      return field.read(viewOf(unshared(bytes)), 0) as StructValue<L>;
    },
    encode: (value) => {
      const bytes = new Uint8Array(field.size);
      field.write(viewOf(bytes), 0, value, () => '');
      return bytes;
    },
  };
}

/**
 * A codec for any number of records with one layout, such as the samples of a ring buffer. It works as {@link struct} does, but bytes after the last whole record
 * are `MALFORMED`. A write that is too long for one command is cut between records.
 *
 * @example
 * ```ts
 * import { structs, type Camera } from 'openmv-rx';
 *
 * const samples = structs({ timeUs: 'u32', xyz: ['i16', 3] });
 * const largest = (camera: Camera) =>
 *   camera.channel('samples', samples).value$.subscribe((all) => console.log(Math.max(...all.map(({ xyz }) => xyz[2] ?? 0))));
 * ```
 */
export function structs<const L extends StructLayout>(
  layout: L,
  options: StructOptions = {},
): StructCodec<readonly StructValue<L>[], readonly StructValue<L, Uint8Array>[]> {
  requireOptions('structs', options, KNOWN);
  const { byteOrder = 'little' } = options;
  requireByteOrder(byteOrder);
  const field = compile(layout, byteOrder === 'little', '');
  const { size } = field;
  return {
    size,
    decode: (bytes) => {
      const count = Math.floor(bytes.length / size);
      if (count * size !== bytes.length) throw tooShort(field, bytes.length % size, ` ${count}`);
      const view = viewOf(unshared(bytes));
      return Array.from({ length: count }, (_, index) => field.read(view, size * index) as StructValue<L>);
    },
    encode: (values) => {
      const bytes = new Uint8Array(size * values.length);
      const view = viewOf(bytes);
      values.forEach((value, index) => field.write(view, size * index, value, () => `[${index}]`));
      return bytes;
    },
    cut: (_, limit) => {
      if (size > limit) {
        throw new OpenMVError('TOO_LARGE', `a record of ${size} bytes is too long for one write of ${limit} bytes`);
      }
      return limit - (limit % size);
    },
  };
}

function tooShort(field: Field, length: number, number: string): OpenMVError {
  return new OpenMVError(
    'MALFORMED',
    `record${number} needs ${field.size} bytes but has ${length}: field '${field.nameAt(length)}' is cut off`,
  );
}

const KNOWN: OptionNames<StructOptions> = { byteOrder: true };

import { OpenMVError } from '../../errors.js';
import type { NumberArrays } from '../../host/channel/shaped-array.js';
import { structs } from '../../host/struct/struct.js';
import type { RecordedValue } from '../format/recording-entry.js';
import type { ExportChannelOptions } from './channel-values.js';
import { npyType, type NpyType } from './npy.js';
import { widgetsIn } from './rows.js';

/** Options of exporting the arrays of a channel. */
export interface ExportNpyOptions extends ExportChannelOptions {
  /** The number type of an array in a channel that was recorded as bytes. */
  readonly type?: keyof NumberArrays;
  /** The dimensions of such an array. Default: one dimension. */
  readonly shape?: readonly number[];
  /** The name of the waveform or depth widget in a channel of widgets. Default: the first one. */
  readonly widget?: string;
}

/** A value that becomes a part of the array. */
export interface ArrayPart {
  readonly type: NpyType;
  /** The number of elements in the first dimension. */
  readonly count: number;
  /** The other dimensions. */
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Converts a value to a part of the array; `undefined` for a value that is not an array of numbers. */
export function arrayPart(value: RecordedValue, options: ExportNpyOptions): ArrayPart | undefined {
  const { layout, byteOrder = 'little', type, shape } = options;
  const { bytes, encoding } = value;
  if (type !== undefined) return numbersIn(bytes, type, shape);
  if (layout !== undefined) {
    // `decode` throws the right error for incomplete records.
    const { length } = structs(layout, { byteOrder }).decode(bytes);
    return { type: npyType(layout, byteOrder), count: length, shape: [], bytes };
  }
  if (value.layout !== undefined) {
    return { type: npyType(value.layout), count: (value.value as unknown[]).length, shape: [], bytes };
  }
  if (encoding === 'bytes') {
    const words = `channel '${value.channel}' was recorded as bytes: pass the type of its numbers, such as f32, or its layout`;
    throw new OpenMVError('INVALID_ARGUMENT', words);
  }
  return widgetPart(value, options.widget) ?? nestedPart(value.value);
}

function numbersIn(bytes: Uint8Array, type: keyof NumberArrays, shape: readonly number[] | undefined): ArrayPart {
  const size = Number(type.slice(1)) / 8;
  const numbers = bytes.length / size;
  const expected = shape?.reduce((product, length) => product * length, 1) ?? Math.floor(numbers);
  if (numbers !== expected) {
    const dimensions = shape?.join(' × ') ?? 'whole';
    throw new OpenMVError(
      'MALFORMED',
      `a value of ${bytes.length} bytes does not contain ${dimensions} numbers of type ${type}`,
    );
  }
  return { type: npyType(type), count: 1, shape: shape ?? [numbers], bytes };
}

function widgetPart(value: RecordedValue, name: string | undefined): ArrayPart | undefined {
  if (value.encoding !== 'cbor') return undefined;
  const found = widgetsIn(value).find(
    (one) => (one.type === 'waveform' || one.type === 'depth') && (name === undefined || one.name === name),
  );
  if ((found?.type !== 'waveform' && found?.type !== 'depth') || found.data.length === 0) return undefined;
  const { data } = found;
  const shape = found.type === 'depth' ? [found.height, found.width] : [data.length / found.series, found.series];
  return { type: npyType(typeOf(data)), count: 1, shape, bytes: bytesOf(data) };
}

function typeOf(data: Int8Array | Uint8Array | Int16Array | Uint16Array | Float32Array): keyof NumberArrays {
  if (data instanceof Int8Array) return 'i8';
  if (data instanceof Uint8Array) return 'u8';
  if (data instanceof Int16Array) return 'i16';
  return data instanceof Uint16Array ? 'u16' : 'f32';
}

/** Little-endian, like all platforms of Node. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Converts a number, or nested lists of numbers with equal lengths. */
function nestedPart(value: unknown): ArrayPart | undefined {
  const shape: number[] = [];
  for (let one = value; Array.isArray(one); one = one[0] as unknown) shape.push(one.length);
  const flat = Array.isArray(value) ? (value.flat(Infinity) as unknown[]) : [value];
  const isWhole = hasShape(value, shape) && flat.length > 0 && flat.every((one) => typeof one === 'number');
  return isWhole ? { type: npyType('f64'), count: 1, shape, bytes: bytesOf(Float64Array.from(flat)) } : undefined;
}

function hasShape(value: unknown, [length, ...inner]: readonly number[]): boolean {
  if (length === undefined) return !Array.isArray(value);
  return Array.isArray(value) && value.length === length && value.every((one) => hasShape(one, inner));
}

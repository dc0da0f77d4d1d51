import { OpenMVError } from '../../errors.js';
import { isListType } from '../../host/struct/layout.js';
import { encodeUtf8 } from '../../wire/payloads/index.js';
import type { FieldType, StructLayout } from '../../host/struct/layout.js';

/** A NumPy dtype: of a number, or of the fields of a record. */
export type NpyType = string;

type ByteOrder = 'little' | 'big';

/** Translates a type to a NumPy dtype as a Python literal: `'<f4'`, `[('x', '<f4'), ('xyz', '<i2', (3,))]`. */
export function npyType(type: FieldType, byteOrder: ByteOrder = 'little'): NpyType {
  if (typeof type === 'string') return literal(scalarType(type, byteOrder));
  if (!isListType(type)) return recordType(type, byteOrder);
  const [of, count] = type;
  if (of === 'chars') return literal(`|S${count}`);
  if (of === 'bytes' || of === 'padding') return literal(`|V${count}`);
  return `(${npyType(of as FieldType, byteOrder)}, (${count},))`;
}

/** By default NumPy refuses a longer header. */
const MOST_BYTES = 10_000;
/** The magic, the version and the length of the header. */
const FIXED_BYTES = 10;

/**
 * Encodes the header of an NPY file, whose length is a multiple of 64.
 *
 * @throws {OpenMVError} `TOO_LARGE` for records with more fields than NumPy loads.
 */
export function npyHead(type: NpyType, shape: readonly number[]): Uint8Array {
  const dimensions = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const words = `{'descr': ${type}, 'fortran_order': False, 'shape': ${dimensions}, }`;
  const padding = (64 - ((FIXED_BYTES + words.length + 1) % 64)) % 64;
  const text = encodeUtf8(`${words}${' '.repeat(padding)}\n`);
  if (text.length > MOST_BYTES) {
    const advice = 'export numbers of one type by type and shape, make fields of one type one list, or export a CSV';
    throw new OpenMVError('TOO_LARGE', `the records have more fields than NumPy loads: ${advice}`);
  }
  const head = new Uint8Array(FIXED_BYTES + text.length);
  head.set([0x93, ...encodeUtf8('NUMPY'), 1, 0]);
  new DataView(head.buffer).setUint16(8, text.length, true);
  head.set(text, FIXED_BYTES);
  return head;
}

function recordType(layout: StructLayout, byteOrder: ByteOrder): NpyType {
  const fields = Object.entries(layout).map(([name, type]) => {
    // NumPy names fields without a name itself.
    const own = isListType(type) && type[0] === 'padding' ? "''" : literal(name);
    const [of, count] = isListType(type) ? type : [];
    if (count === undefined || of === 'chars' || of === 'bytes' || of === 'padding') {
      return `(${own}, ${npyType(type, byteOrder)})`;
    }
    return `(${own}, ${npyType(of as FieldType, byteOrder)}, (${count},))`;
  });
  return `[${fields.join(', ')}]`;
}

function scalarType(type: string, byteOrder: ByteOrder): string {
  const bytes = Number(type.slice(1)) / 8;
  const order = bytes === 1 ? '|' : byteOrder === 'big' ? '>' : '<';
  return `${order}${type[0]}${bytes}`;
}

function literal(text: string): string {
  const escaped = text.replaceAll(/[\\']/g, '\\$&').replaceAll(/[^ -~]/g, (one) => {
    return `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `'${escaped}'`;
}

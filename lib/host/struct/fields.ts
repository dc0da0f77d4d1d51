import { OpenMVError } from '../../errors.js';
import { isPadding } from './layout.js';
import { decodeUtf8, encodeUtf8 } from '../../wire/payloads/layout.js';
import type { ScalarType, StructLayout } from './layout.js';

/** A type of number. */
interface Scalar {
  readonly size: number;
  read(view: DataView, at: number, little: boolean): number | bigint;
  write(view: DataView, at: number, value: never, little: boolean): void;
  /** The accepted values, in words for people. */
  readonly range: string;
  takes(value: unknown): boolean;
}

const scalars: Readonly<Record<ScalarType, Scalar>> = {
  u8: { ...integer(8, false), read: (v, at) => v.getUint8(at), write: (v, at, n) => v.setUint8(at, n) },
  u16: {
    ...integer(16, false),
    read: (v, at, little) => v.getUint16(at, little),
    write: (v, at, n, little) => v.setUint16(at, n, little),
  },
  u32: {
    ...integer(32, false),
    read: (v, at, little) => v.getUint32(at, little),
    write: (v, at, n, little) => v.setUint32(at, n, little),
  },
  i8: { ...integer(8, true), read: (v, at) => v.getInt8(at), write: (v, at, n) => v.setInt8(at, n) },
  i16: {
    ...integer(16, true),
    read: (v, at, little) => v.getInt16(at, little),
    write: (v, at, n, little) => v.setInt16(at, n, little),
  },
  i32: {
    ...integer(32, true),
    read: (v, at, little) => v.getInt32(at, little),
    write: (v, at, n, little) => v.setInt32(at, n, little),
  },
  u64: {
    ...large(false),
    read: (v, at, little) => v.getBigUint64(at, little),
    write: (v, at, n, little) => v.setBigUint64(at, n, little),
  },
  i64: {
    ...large(true),
    read: (v, at, little) => v.getBigInt64(at, little),
    write: (v, at, n, little) => v.setBigInt64(at, n, little),
  },
  f32: {
    size: 4,
    range: 'a number up to 3.4028e38',
    takes: (value) => typeof value === 'number' && (!Number.isFinite(value) || Number.isFinite(Math.fround(value))),
    read: (v, at, little) => v.getFloat32(at, little),
    write: (v, at, n, little) => v.setFloat32(at, n, little),
  },
  f64: {
    size: 8,
    range: 'a number',
    takes: (value) => typeof value === 'number',
    read: (v, at, little) => v.getFloat64(at, little),
    write: (v, at, n, little) => v.setFloat64(at, n, little),
  },
};

function integer(bits: number, signed: boolean): Pick<Scalar, 'size' | 'range' | 'takes'> {
  const least = signed ? -(2 ** (bits - 1)) : 0;
  const most = 2 ** (signed ? bits - 1 : bits) - 1;
  return {
    size: bits / 8,
    range: `a whole number from ${least} to ${most}`,
    takes: (value) => typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
  };
}

function large(signed: boolean): Pick<Scalar, 'size' | 'range' | 'takes'> {
  const least = signed ? -(2n ** 63n) : 0n;
  const most = 2n ** (signed ? 63n : 64n) - 1n;
  return {
    size: 8,
    range: `a bigint from ${least} to ${most}`,
    takes: (value) => typeof value === 'bigint' && value >= least && value <= most,
  };
}

/** Reads and writes one field, whose first byte is at `at`. */
export interface Field {
  readonly size: number;
  read(view: DataView<ArrayBuffer>, at: number): unknown;
  /** @param path returns the field's name, which only errors need */
  write(view: DataView<ArrayBuffer>, at: number, value: unknown, path: () => string): void;
  /** The path from this field to the innermost field that contains the byte `at`; empty if that is this field. */
  nameAt(at: number): string;
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` if the layout is wrong. */
export function compile(type: unknown, little: boolean, path: string): Field {
  if (typeof type === 'string' && Object.hasOwn(scalars, type)) return scalarField(type as ScalarType, little);
  if (Array.isArray(type)) {
    const [of, count, ...rest] = type as unknown[];
    if (!(typeof count === 'number' && Number.isInteger(count) && count >= 1) || rest.length > 0) {
      throw wrong(`field '${path}' must be [type, count] with a count of 1 or more`);
    }
    if (of === 'chars') return charsField(count);
    if (of === 'bytes') return bytesField(count);
    if (of === 'padding') return paddingField(count);
    if (isPadding(of)) throw wrong(`field '${path}' is an array of padding: write ['padding', n]`);
    return arrayField(compile(of, little, `${path}[]`), count);
  }
  if (typeof type === 'object' && type !== null) return structField(type as StructLayout, little, path);
  throw wrong(`field '${path}' has an unknown type: ${String(type)}`);
}

function scalarField(type: ScalarType, little: boolean): Field {
  const scalar = scalars[type];
  return {
    size: scalar.size,
    read: (view, at) => scalar.read(view, at, little),
    write: (view, at, value, path) => {
      if (!scalar.takes(value))
        throw wrong(`field '${path()}' of type ${type} must be ${scalar.range}, not ${shown(value)}`);
      scalar.write(view, at, value as never, little);
    },
    nameAt: () => '',
  };
}

function charsField(size: number): Field {
  return {
    size,
    read: (view, at) => {
      const bytes = bytesAt(view, at, size);
      const end = bytes.indexOf(0);
      return decodeUtf8(end < 0 ? bytes : bytes.subarray(0, end));
    },
    write: (view, at, value, path) => {
      if (typeof value !== 'string') throw wrong(`field '${path()}' must be a string, not ${shown(value)}`);
      const bytes = encodeUtf8(value);
      if (bytes.length > size || value.includes('\0')) {
        throw wrong(
          `field '${path()}' must have at most ${size} bytes of UTF-8, none of them zero, but ${shown(value)} has ${bytes.length}`,
        );
      }
      bytesAt(view, at, size).set(bytes);
    },
    nameAt: () => '',
  };
}

function bytesField(size: number): Field {
  return {
    size,
    read: (view, at) => bytesAt(view, at, size),
    write: (view, at, value, path) => {
      if (!(value instanceof Uint8Array) || value.length !== size) {
        throw wrong(`field '${path()}' must be a Uint8Array of ${size} bytes, not ${shown(value)}`);
      }
      bytesAt(view, at, size).set(value);
    },
    nameAt: () => '',
  };
}

function paddingField(size: number): Field {
  return { size, read: () => undefined, write: () => undefined, nameAt: () => '' };
}

function arrayField(element: Field, count: number): Field {
  const { size } = element;
  return {
    size: size * count,
    read: (view, at) => Array.from({ length: count }, (_, index) => element.read(view, at + size * index)),
    write: (view, at, value, path) => {
      if (!Array.isArray(value) || value.length !== count) {
        throw wrong(`field '${path()}' must be an array of ${count}, not ${shown(value)}`);
      }
      (value as unknown[]).forEach((one, index) => {
        element.write(view, at + size * index, one, () => `${path()}[${index}]`);
      });
    },
    nameAt: (at) => joined(`[${Math.floor(at / size)}]`, element.nameAt(at % size)),
  };
}

interface Member {
  readonly name: string;
  readonly offset: number;
  readonly field: Field;
}

function structField(layout: StructLayout, little: boolean, path: string): Field {
  const members: Member[] = [];
  let size = 0;
  for (const [name, type] of Object.entries(layout)) {
    // JavaScript moves numeric keys to the front of an object.
    if (/^\d+$/.test(name)) throw wrong(`field '${joined(path, name)}' must not have a number as its name`);
    const field = compile(type, little, joined(path, name));
    members.push({ name, offset: size, field });
    size += field.size;
  }
  if (size === 0)
    throw wrong(path === '' ? 'a struct needs at least one field' : `field '${path}' is a struct without fields`);
  const visible = members.filter(({ name }) => !isPadding(layout[name]));
  return {
    size,
    read: (view, at) =>
      Object.fromEntries(visible.map(({ name, offset, field }) => [name, field.read(view, at + offset)])),
    write: (view, at, value, own) => {
      if (typeof value !== 'object' || value === null)
        throw wrong(`field '${own()}' must be an object, not ${shown(value)}`);
      for (const { name, offset, field } of visible) {
        field.write(view, at + offset, (value as Record<string, unknown>)[name], () => joined(own(), name));
      }
    },
    nameAt: (at) => {
      const { name, offset, field } = members.find((member) => at < member.offset + member.field.size) as Member;
      return joined(name, field.nameAt(at - offset));
    },
  };
}

function bytesAt(view: DataView<ArrayBuffer>, at: number, size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(view.buffer, view.byteOffset + at, size);
}

function joined(path: string, name: string): string {
  return path === '' || name === '' || name.startsWith('[') ? path + name : `${path}.${name}`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function wrong(message: string): OpenMVError {
  return new OpenMVError('INVALID_ARGUMENT', message);
}

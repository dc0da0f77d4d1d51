import type { ScalarType } from './layout.js';

/** A number in its bytes. */
export interface Scalar {
  readonly size: number;
  read(view: DataView, at: number, little: boolean): number | bigint;
  write(view: DataView, at: number, value: never, little: boolean): void;
  /** What it takes, for people. */
  readonly range: string;
  takes(value: unknown): boolean;
}

export const scalars: Readonly<Record<ScalarType, Scalar>> = {
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

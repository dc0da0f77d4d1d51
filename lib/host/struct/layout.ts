/**
 * The type of a field of a record:
 *
 * - a number: `u8` to `u64` are unsigned integers, `i8` to `i64` signed integers, and `f32` and `f64` IEEE 754 floats. Integers of
 *   64 bits are read and written as `bigint`;
 * - `['chars', n]`: text in n bytes of UTF-8, padded with zeros;
 * - `['bytes', n]`: n bytes;
 * - `['padding', n]`: n bytes without a meaning. They have no property in the record and are written as zeros;
 * - `[type, n]`: an array of n numbers, texts, byte strings or records;
 * - a layout: a record in the record.
 */
export type FieldType =
  | 'u8'
  | 'u16'
  | 'u32'
  | 'u64'
  | 'i8'
  | 'i16'
  | 'i32'
  | 'i64'
  | 'f32'
  | 'f64'
  | readonly ['chars' | 'bytes' | 'padding', number]
  | readonly [FieldType, number]
  | StructLayout;

/** The type of a field that is a number. */
export type ScalarType = Extract<FieldType, string>;

/** The fields of a record in the order of their bytes. The record is packed: only `padding` leaves space between fields. */
export interface StructLayout {
  readonly [field: string]: FieldType;
}

/**
 * The record that a layout describes, or the value of one field. `Bytes` is the type of `['bytes', n]`: a record to write accepts any
 * `Uint8Array`.
 */
export type StructValue<L, Bytes = Uint8Array<ArrayBuffer>> = L extends 'u64' | 'i64'
  ? bigint
  : L extends string
    ? number
    : L extends readonly ['chars', number]
      ? string
      : L extends readonly ['bytes', number]
        ? Bytes
        : L extends readonly [infer E, number]
          ? readonly StructValue<E, Bytes>[]
          : {
              readonly [K in keyof L as L[K] extends readonly ['padding', number] ? never : K]: StructValue<
                L[K],
                Bytes
              >;
            };

/** Tells whether a field is an array, text, bytes or padding, and not a number or a record. */
export function isListType(type: FieldType): type is readonly [unknown, number] & FieldType {
  return Array.isArray(type);
}

/** Tells whether a field has no property in the record. */
export function isPadding(type: unknown): boolean {
  return Array.isArray(type) && type[0] === 'padding';
}

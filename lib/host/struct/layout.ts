/** A number: unsigned or signed integer, or IEEE 754 float, and its bits. Those of 64 bits are `bigint`s, but for `f64`. */
export type ScalarType = 'u8' | 'u16' | 'u32' | 'u64' | 'i8' | 'i16' | 'i32' | 'i64' | 'f32' | 'f64';

/**
 * What a field of a record is:
 *
 * - a number, by its type;
 * - `['chars', n]`: text in n bytes of UTF-8, filled up with zeros;
 * - `['bytes', n]`: n bytes;
 * - `['padding', n]`: n bytes that mean nothing; no property, written as zeros;
 * - `[type, n]`: n of any of these, or of records;
 * - a layout: a record in the record.
 */
export type FieldType =
  | ScalarType
  | readonly ['chars' | 'bytes' | 'padding', number]
  | readonly [ScalarType | readonly [unknown, number] | StructLayout, number]
  | StructLayout;

/** The fields of a record in the order in which they lie, packed: there is no space between them but `padding`. */
export interface StructLayout {
  readonly [field: string]: FieldType;
}

/** The value of a field; `Bytes` is the type of `['bytes', n]`. */
export type FieldValue<F, Bytes = Uint8Array<ArrayBuffer>> = F extends 'u64' | 'i64'
  ? bigint
  : F extends ScalarType
    ? number
    : F extends readonly ['chars', number]
      ? string
      : F extends readonly ['bytes', number]
        ? Bytes
        : F extends readonly [infer E, number]
          ? readonly FieldValue<E, Bytes>[]
          : F extends StructLayout
            ? StructValue<F, Bytes>
            : never;

/** The record that a layout describes, as it is read; what is written may have any `Uint8Array` for `Bytes`. */
export type StructValue<L, Bytes = Uint8Array<ArrayBuffer>> = {
  readonly [K in keyof L as L[K] extends readonly ['padding', number] ? never : K]: FieldValue<L[K], Bytes>;
};

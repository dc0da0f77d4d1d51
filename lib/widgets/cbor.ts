import { isObject, requireArgument } from '../arguments.js';
import { decodeCbor, encodeCbor } from './plain-cbor.js';

/** Translates a channel's bytes, as a codec of `openmv-rx`. `decode` and `encode` may throw; the error then names the channel. */
export interface Codec<T> {
  decode(bytes: Uint8Array<ArrayBuffer>): T;
  encode(value: T): Uint8Array;
}

/** The integer key of each property of a record, or of the records in an array. */
export type IntegerKeys<T> = T extends readonly (infer E)[]
  ? IntegerKeys<E>
  : { readonly [K in keyof T & string]-?: number };

/**
 * A codec for CBOR as MicroPython's `cbor2` reads and writes it: plain, without tags.
 *
 * Without `keys`, maps are `Map`s with integer or text keys. With `keys`, a map, or each map of an array, is an object:
 * `keys` names its integer keys. Other keys become properties too, an integer by its digits, so nothing is lost. Nested maps
 * stay `Map`s. The type describes what the camera's script sends; it is not checked. Integers beyond 2⁵³ are `bigint`s, and
 * byte strings are copies.
 *
 * Decoding errors with `MALFORMED` if the bytes are not plain CBOR. Encoding writes objects as maps with text keys, and omits
 * properties that are `undefined`. It errors with `INVALID_ARGUMENT` for values that a camera cannot read: functions, symbols,
 * and `undefined` elsewhere. A write is never split, because the script would decode half a value.
 *
 * @param keys the integer key of each property of `T`
 *
 * @example
 * ```ts
 * import type { Camera } from 'openmv-rx';
 * import { cbor } from 'openmv-rx/widgets';
 *
 * interface Reading {
 *   readonly temperature: number;
 *   readonly humidity: number;
 * }
 *
 * const follow = (camera: Camera) =>
 *   camera
 *     .channel('climate', cbor<Reading>({ temperature: 1, humidity: 2 }))
 *     .value$.subscribe(({ temperature }) => console.log(temperature));
 * ```
 */
export function cbor<T>(keys?: IntegerKeys<T>): Codec<T> & { decode(bytes: Uint8Array): T } {
  if (keys === undefined) return { decode: (bytes) => decodeCbor(bytes) as T, encode: encodeCbor };
  requireArgument(isObject(keys), 'cbor takes the keys as an object, or nothing', keys);
  const keyOf = new Map(Object.entries<number>(keys));
  const nameOf = new Map(Array.from(keyOf, ([name, key]) => [key, name]));
  return {
    decode: (bytes) => each(decodeCbor(bytes), (value) => named(value, nameOf)) as T,
    encode: (value) => encodeCbor(each(value, (one) => keyed(one, keyOf))),
  };
}

function each(value: unknown, change: (value: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(change) : change(value);
}

function named(value: unknown, nameOf: ReadonlyMap<unknown, string>): unknown {
  if (!(value instanceof Map)) return value;
  const entries = Array.from(value as Map<unknown, unknown>);
  return Object.fromEntries(entries.map(([key, one]) => [nameOf.get(key) ?? String(key), one]));
}

function keyed(value: unknown, keyOf: ReadonlyMap<string, number>): unknown {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return new Map(entries.map(([name, one]) => [keyOf.get(name) ?? (INTEGER.test(name) ? Number(name) : name), one]));
}

const INTEGER = /^(0|-?[1-9]\d{0,14})$/;

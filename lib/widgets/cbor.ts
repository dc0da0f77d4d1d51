import { isObject, requireArgument } from '../arguments.js';
import type { Codec } from './codec.js';
import { decodeCbor, encodeCbor } from './plain-cbor.js';

/** The integer key of each property of a record, or of the records in an array. */
export type IntegerKeys<T> = T extends readonly (infer E)[]
  ? IntegerKeys<E>
  : { readonly [K in keyof T & string]-?: number };

/**
 * CBOR, as MicroPython's `cbor2` reads and writes it: plain, without tags.
 *
 * Maps are `Map`s, with integer or text keys, unless `keys` make objects of them: then a map, or each map of an array, is
 * an object with the names that `keys` give its integer keys. A key that they do not name is a property too, an integer by
 * its digits, so nothing is lost. Maps further inside stay `Map`s. The type says what the camera's script means; it is
 * not checked. Integers beyond 2⁵³ are `bigint`s, byte strings copies.
 *
 * Decoding errors with `MALFORMED` for what is not plain CBOR. Encoding takes objects for maps with text keys, and errors
 * with `INVALID_ARGUMENT` for what a camera could not read: functions, symbols, and `undefined` but as a property, which
 * is left out. It is never cut: a script that decodes what it is given would be given half of it.
 *
 * @param keys each property of `T`, and its integer key
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

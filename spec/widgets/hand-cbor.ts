/**
 * CBOR by the rules of RFC 8949, a byte at a time, to judge the library by: each function gives the bytes of one item.
 * Nothing is checked, so that what is wrong can be written too.
 */
type Bytes = readonly number[];

/** The head of an item: its major type and its argument, in as few bytes as there are (section 3). */
function head(major: number, argument: number): Bytes {
  const first = major << 5;
  if (argument < 24) return [first | argument];
  if (argument < 0x100) return [first | 24, argument];
  if (argument < 0x10000) return [first | 25, argument >> 8, argument & 0xff];
  return [first | 26, argument >>> 24, (argument >> 16) & 0xff, (argument >> 8) & 0xff, argument & 0xff];
}

export const int = (value: number): Bytes => (value < 0 ? head(1, -1 - value) : head(0, value));
export const bytes = (value: ArrayLike<number>): Bytes => [...head(2, value.length), ...Array.from(value)];
export const array = (...items: Bytes[]): Bytes => [...head(4, items.length), ...items.flat()];
export const map = (...entries: [key: Bytes, value: Bytes][]): Bytes => [
  ...head(5, entries.length),
  ...entries.flat(2),
];
export const tagged = (tag: number, item: Bytes): Bytes => [...head(6, tag), ...item];
export const [NO, YES, NULL, UNDEFINED]: Bytes[] = [[0xf4], [0xf5], [0xf6], [0xf7]];

export function text(value: string): Bytes {
  const encoded = new TextEncoder().encode(value);
  return [...head(3, encoded.length), ...encoded];
}

/** A double, as MicroPython writes all floats. */
export function float(value: number): Bytes {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return [0xfb, ...new Uint8Array(view.buffer)];
}

/** A record of a widget channel: integer keys, the values as they are given. */
export const record = (entries: Readonly<Record<number, Bytes>>): Bytes =>
  map(...Object.entries(entries).map(([key, value]): [Bytes, Bytes] => [int(Number(key)), value]));

/** What a channel holds, as bytes. */
export const channel = (...records: Bytes[]): Uint8Array<ArrayBuffer> => Uint8Array.from(array(...records));

import { OpenMVError } from '../../errors.js';

/** A view of a payload of at least `size` bytes. Extra bytes are allowed, because newer firmware may append fields. */
export function layout(what: string, payload: Uint8Array, size: number): DataView {
  if (payload.length < size) throw new OpenMVError('MALFORMED', `${what} takes ${size} bytes, not ${payload.length}`);
  return viewOf(payload);
}

/** A `DataView` of the same bytes. */
export function viewOf<B extends ArrayBufferLike>(bytes: Uint8Array<B>): DataView<B> {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Encodes numbers as consecutive u32: the layout of SHAPE, SIZE, POLL and most ioctl arguments. */
export function encodeWords(...words: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * words.length);
  const view = viewOf(bytes);
  words.forEach((word, index) => view.setUint32(4 * index, word, true));
  return bytes;
}

/** @throws {OpenMVError} `MALFORMED` when the payload is not a whole number of words of 4 bytes. */
export function decodeWords(payload: Uint8Array): number[] {
  if (payload.length % 4 !== 0)
    throw new OpenMVError('MALFORMED', `words take a multiple of 4 bytes, not ${payload.length}`);
  const view = viewOf(payload);
  return Array.from({ length: payload.length / 4 }, (_, index) => view.getUint32(4 * index, true));
}

/** @throws {OpenMVError} `MALFORMED` when the payload is shorter than 4 bytes. */
export function decodeWord(payload: Uint8Array): number {
  return layout('a word', payload, 4).getUint32(0, true);
}

// Browsers and Node have both. The core is compiled without the types of either platform.
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
declare const TextDecoder: new (
  encoding: string,
  options: { ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

/** Encodes text as UTF-8. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Decodes UTF-8, and keeps a leading U+FEFF. Invalid bytes become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Removes the U+FEFF that some editors put at the start of a file. */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

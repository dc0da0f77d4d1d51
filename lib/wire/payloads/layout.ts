import { OpenMVError } from '../../errors.js';

/** A view of a payload of at least `size` bytes: firmware that appends fields is still understood. */
export function layout(what: string, payload: Uint8Array, size: number): DataView {
  if (payload.length < size)
    throw new OpenMVError('MALFORMED', `${what} takes ${size} bytes, these are ${payload.length}`);
  return viewOf(payload);
}

/** The bytes of an array as numbers, without a copy. */
export function viewOf<B extends ArrayBufferLike>(bytes: Uint8Array<B>): DataView<B> {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Numbers as u32, one behind the other: the layout of SHAPE, SIZE and POLL and of most ioctl arguments. */
export function encodeWords(...words: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * words.length);
  const view = viewOf(bytes);
  words.forEach((word, index) => view.setUint32(4 * index, word, true));
  return bytes;
}

/** @throws {OpenMVError} `MALFORMED` when the payload is not a whole number of words of 4 bytes. */
export function decodeWords(payload: Uint8Array): number[] {
  if (payload.length % 4 !== 0)
    throw new OpenMVError('MALFORMED', `words take a multiple of 4 bytes, these are ${payload.length}`);
  const view = viewOf(payload);
  return Array.from({ length: payload.length / 4 }, (_, index) => view.getUint32(4 * index, true));
}

/** @throws {OpenMVError} `MALFORMED` when the payload is shorter than 4 bytes. */
export function decodeWord(payload: Uint8Array): number {
  return layout('a word', payload, 4).getUint32(0, true);
}

// Browsers and Node both have them; the core is compiled without the types of either.
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
declare const TextDecoder: new (
  encoding: string,
  options: { ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

/** Text as UTF-8. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** UTF-8 as text, a leading U+FEFF too; what is not UTF-8 becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Text without the U+FEFF that some editors put in front of a file, which is no part of a script or of JSON. */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

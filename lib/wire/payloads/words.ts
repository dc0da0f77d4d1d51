import { OpenMVError } from '../../errors.js';
import { layout, viewOf } from './layout.js';

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

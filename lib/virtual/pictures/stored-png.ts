import { encodePng, pngBytes } from '../../frames/encode-png.js';
import type { Size } from '../../frames/encode-pixels.js';

/** The first bytes of a zlib stream: deflate without a dictionary; a multiple of 31. */
const ZLIB_HEAD = [0x78, 0x01];
const BLOCK_HEAD_BYTES = 5;
const MAX_BLOCK_BYTES = 0xffff;
const CHECKSUM_BYTES = 4;

/** A PNG whose pixels are stored, not compressed: it takes three bytes a pixel, and little time. */
export function encodeStoredPng(rgba: Uint8Array, { width, height }: Size): Uint8Array {
  return encodePng(rgba, { width, height, channels: 3, zlib: stored });
}

/** The size of the file that {@link encodeStoredPng} makes. */
export function storedPngBytes({ width, height }: Size): number {
  return pngBytes(storedBytes((1 + 3 * width) * height));
}

function storedBytes(bytes: number): number {
  return ZLIB_HEAD.length + BLOCK_HEAD_BYTES * Math.ceil(bytes / MAX_BLOCK_BYTES) + bytes + CHECKSUM_BYTES;
}

/** A zlib stream of stored blocks. Its size is known in advance, unlike that of a compression library's output. */
function stored(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(storedBytes(bytes.length));
  const view = new DataView(out.buffer);
  out.set(ZLIB_HEAD);
  let at = ZLIB_HEAD.length;
  for (let from = 0; from < bytes.length; from += MAX_BLOCK_BYTES) {
    const block = bytes.subarray(from, from + MAX_BLOCK_BYTES);
    out[at] = Number(from + MAX_BLOCK_BYTES >= bytes.length);
    view.setUint16(at + 1, block.length, true);
    view.setUint16(at + 3, ~block.length, true);
    out.set(block, at + BLOCK_HEAD_BYTES);
    at += BLOCK_HEAD_BYTES + block.length;
  }
  view.setUint32(at, adler32(bytes));
  return out;
}

function adler32(bytes: Uint8Array): number {
  let sum = 1;
  let sums = 0;
  for (const byte of bytes) {
    sum = (sum + byte) % 65521;
    sums = (sums + sum) % 65521;
  }
  return (sums << 16) | sum;
}

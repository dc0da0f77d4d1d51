import { crcEngine } from '../../wire/crc.js';
import { encodeUtf8 } from '../../wire/payloads/index.js';
import type { Size } from './encode-pixels.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Eight bits a part, red, green and blue, nothing interlaced. */
const KIND = [8, 2, 0, 0, 0];
/** Deflate, no dictionary; the check bits make the two bytes a multiple of 31. */
const ZLIB_HEAD = [0x78, 0x01];
const STORED_BYTES = 0xffff;

/** What {@link encodePng} takes for a picture. */
export function pngBytes({ width, height }: Size): number {
  const rows = (1 + 3 * width) * height;
  const chunks = 3 * 12 + 8 + KIND.length;
  return SIGNATURE.length + chunks + ZLIB_HEAD.length + 5 * Math.ceil(rows / STORED_BYTES) + rows + 4;
}

/** RGBA as a PNG file whose pixels are stored and not compressed: three bytes a pixel, and quick to make. */
export function encodePng(rgba: Uint8Array, { width, height }: Size): Uint8Array {
  const image = joined(ZLIB_HEAD, ...stored(rowsOf(rgba, width, height)));
  return joined(
    SIGNATURE,
    chunk('IHDR', joined(bigEndian(width), bigEndian(height), KIND)),
    chunk('IDAT', image),
    chunk('IEND', new Uint8Array(0)),
  );
}

/** Each row behind its filter, which is none. */
function rowsOf(rgba: Uint8Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array((1 + 3 * width) * height);
  for (let y = 0, at = 0, out = 0; y < height; y++) {
    out++;
    for (let x = 0; x < width; x++, at += 4, out += 3) {
      rows[out] = rgba[at] as number;
      rows[out + 1] = rgba[at + 1] as number;
      rows[out + 2] = rgba[at + 2] as number;
    }
  }
  return rows;
}

/** The blocks of a deflate stream that stores, and the check sum behind them. */
function stored(bytes: Uint8Array): ArrayLike<number>[] {
  const parts: ArrayLike<number>[] = [];
  for (let from = 0; from < bytes.length; from += STORED_BYTES) {
    const block = bytes.subarray(from, from + STORED_BYTES);
    const last = Number(from + STORED_BYTES >= bytes.length);
    const { length } = block;
    parts.push([last, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff], block);
  }
  return [...parts, bigEndian(adler32(bytes))];
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const checked = joined(encodeUtf8(name), data);
  return joined(bigEndian(data.length), checked, bigEndian(crcOf(checked)));
}

const updateCrc = crcEngine(0x04c11db7);

/** The CRC of PNG takes each byte's lowest bit first, and gives its own bits in that order: the engine's, mirrored. */
function crcOf(bytes: Uint8Array): number {
  return ~mirrored(
    updateCrc(
      -1,
      bytes.map((byte) => mirroredBytes[byte] as number),
    ),
  );
}

const mirroredBytes = Uint8Array.from({ length: 256 }, (_, byte) => mirrored(byte) >>> 24);

/** The 32 bits in the opposite order. */
function mirrored(word: number): number {
  let out = 0;
  for (let bit = 0; bit < 32; bit++) out |= ((word >>> bit) & 1) << (31 - bit);
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

function bigEndian(word: number): number[] {
  return [word >>> 24, (word >> 16) & 0xff, (word >> 8) & 0xff, word & 0xff];
}

function joined(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

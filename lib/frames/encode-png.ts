import crc32 from 'crc/calculators/crc32';
import { encodeUtf8 } from '../wire/payloads/index.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Bytes of a chunk's length, name and CRC, and of the data of IHDR. */
const CHUNK_BYTES = 12;
const IHDR_BYTES = 13;
/** Color types of a PNG, by the bytes of a pixel. */
const COLOR_TYPES = { 3: 2, 4: 6 } as const;

/** A PNG's size in pixels, and how its pixels are stored. */
interface PngOptions {
  readonly width: number;
  readonly height: number;
  /** Bytes of a pixel: red, green, blue and, with 4, alpha. */
  readonly channels: 3 | 4;
  /** Packs the rows of pixels in zlib's format. */
  readonly zlib: (rows: Uint8Array) => Uint8Array;
}

/** RGBA as a PNG file with 8 bits per channel. */
export function encodePng(
  rgba: Uint8Array | Uint8ClampedArray,
  { width, height, channels, zlib }: PngOptions,
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(IHDR_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOR_TYPES[channels]], 8);
  return joined(
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header),
    chunk('IDAT', zlib(rowsOf(rgba, width, height, channels))),
    chunk('IEND', new Uint8Array(0)),
  );
}

/** Bytes of the whole file, whose IDAT chunk has so many. */
export function pngBytes(idatBytes: number): number {
  return SIGNATURE.length + 3 * CHUNK_BYTES + IHDR_BYTES + idatBytes;
}

/** Each row starts with 0: no filter. */
function rowsOf(rgba: Uint8Array | Uint8ClampedArray, width: number, height: number, channels: 3 | 4): Uint8Array {
  const rows = new Uint8Array((1 + channels * width) * height);
  for (let y = 0, at = 0, out = 0; y < height; y++) {
    out++;
    for (let x = 0; x < width; x++, at += 4) {
      for (let channel = 0; channel < channels; channel++) rows[out++] = rgba[at + channel] as number;
    }
  }
  return rows;
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(CHUNK_BYTES + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(encodeUtf8(name), 4);
  bytes.set(data, 8);
  view.setInt32(bytes.length - 4, crc32(bytes.subarray(4, -4)));
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

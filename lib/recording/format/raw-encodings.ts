import type { FrameFormat } from '../../frames/pixel-format.js';
import { toRgba } from '../../frames/to-rgba.js';

/** Pixels in the layout of a camera's frame. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** The form of a pixel format in a `foxglove.RawImage`. */
interface RawEncoding {
  /** Foxglove's name of the encoding. */
  readonly encoding: string;
  readonly bytesPerPixel: number;
  /** Convert a format that Foxglove does not know to one that it knows, and back. */
  readonly convert?: (pixels: Pixels) => Uint8Array<ArrayBuffer>;
  readonly restore?: (pixels: Pixels) => Uint8Array<ArrayBuffer>;
}

/** For frames in a format that neither this library nor Foxglove knows. */
const UNKNOWN: RawEncoding = { encoding: 'unknown', bytesPerPixel: 0 };

/** Foxglove names a Bayer order by the cell at the top left, as the firmware does. Its `yuyv` is Y U Y V. */
const encodings = new Map<FrameFormat, RawEncoding>([
  ['grayscale', { encoding: 'mono8', bytesPerPixel: 1 }],
  ['bayer-bggr', { encoding: 'bayer_bggr8', bytesPerPixel: 1 }],
  ['bayer-gbrg', { encoding: 'bayer_gbrg8', bytesPerPixel: 1 }],
  ['bayer-grbg', { encoding: 'bayer_grbg8', bytesPerPixel: 1 }],
  ['bayer-rggb', { encoding: 'bayer_rggb8', bytesPerPixel: 1 }],
  ['yuv422', { encoding: 'yuyv', bytesPerPixel: 2 }],
  ['yvu422', { encoding: 'yuyv', bytesPerPixel: 2, convert: swapChroma, restore: swapChroma }],
  // A little-endian word 0xAARRGGBB is B, G, R, A.
  ['argb8', { encoding: 'bgra8', bytesPerPixel: 4 }],
  ['rgb565', { encoding: 'rgba8', bytesPerPixel: 4, convert: rgbaOf('rgb565'), restore: toRgb565 }],
  ['binary', { encoding: 'rgba8', bytesPerPixel: 4, convert: rgbaOf('binary'), restore: toBinary }],
]);

export function rawEncoding(format: FrameFormat): RawEncoding {
  return encodings.get(format) ?? UNKNOWN;
}

function rgbaOf(format: FrameFormat): (pixels: Pixels) => Uint8Array<ArrayBuffer> {
  return (pixels) => new Uint8Array(toRgba({ ...pixels, format }).buffer);
}

/** Swaps U and V in each pair of pixels. A single pixel at the end of an odd row has only one of them. */
function swapChroma({ width, height, data }: Pixels): Uint8Array<ArrayBuffer> {
  const swapped = data.slice();
  const row = 2 * width;
  for (let y = 0; y < height; y++) {
    for (let at = row * y; at + 4 <= row * (y + 1); at += 4) {
      swapped[at + 1] = data[at + 3] as number;
      swapped[at + 3] = data[at + 1] as number;
    }
  }
  return swapped;
}

/** Lossless: widening a colour repeated its top bits, which are kept here. */
function toRgb565({ width, height, data }: Pixels): Uint8Array<ArrayBuffer> {
  const words = new Uint8Array(2 * width * height);
  for (let at = 0, out = 0; out < words.length; at += 4, out += 2) {
    const word = ((channel(data, at) >> 3) << 11) | ((channel(data, at + 1) >> 2) << 5) | (channel(data, at + 2) >> 3);
    words[out] = word;
    words[out + 1] = word >> 8;
  }
  return words;
}

/** Pixel (x, y) is bit x & 31 of word x >> 5 of its row. Rows are whole words (PROTOCOL 8); the bits after a row are 0. */
function toBinary({ width, height, data }: Pixels): Uint8Array<ArrayBuffer> {
  const rowBytes = Math.ceil(width / 32) * 4;
  const bits = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = rowBytes * y + (x >> 3);
      if (channel(data, 4 * (y * width + x)) > 127) bits[at] = (bits[at] as number) | (1 << (x & 7));
    }
  }
  return bits;
}

function channel(data: Uint8Array, at: number): number {
  return data[at] as number;
}

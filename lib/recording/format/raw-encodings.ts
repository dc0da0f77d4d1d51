import type { FrameFormat } from '../../frames/pixel-format.js';
import { toBinary, toRgb565 } from '../../frames/encode-pixels.js';
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
  ['rgb565', { encoding: 'rgba8', bytesPerPixel: 4, convert: rgbaOf('rgb565'), restore: asRgb565 }],
  [
    'binary',
    {
      encoding: 'rgba8',
      bytesPerPixel: 4,
      convert: rgbaOf('binary'),
      restore: (pixels) => toBinary(pixels.data, pixels),
    },
  ],
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
function asRgb565({ width, height, data }: Pixels): Uint8Array<ArrayBuffer> {
  return toRgb565(data.subarray(0, 4 * width * height));
}

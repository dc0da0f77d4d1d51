import type { FrameFormat } from '../../frames/pixel-format.js';
import { toArgb8 } from './argb8.js';
import { toBayer } from './bayer.js';
import { toBinary } from './binary.js';
import { toGrayscale } from './grayscale.js';
import { toRgb565 } from './rgb565.js';
import type { Size } from './size.js';
import { toYuv422 } from './yuv422.js';

/** The formats in which a picture's pixels stand as they are. */
export type UncompressedFormat = Exclude<FrameFormat, 'jpeg' | 'png' | 'unknown'>;

const encoders: Readonly<Record<UncompressedFormat, (rgba: Uint8Array, size: Size) => Uint8Array>> = {
  binary: toBinary,
  grayscale: toGrayscale,
  rgb565: toRgb565,
  argb8: toArgb8,
  'bayer-bggr': (rgba, size) => toBayer(rgba, size, 'bayer-bggr'),
  'bayer-gbrg': (rgba, size) => toBayer(rgba, size, 'bayer-gbrg'),
  'bayer-grbg': (rgba, size) => toBayer(rgba, size, 'bayer-grbg'),
  'bayer-rggb': (rgba, size) => toBayer(rgba, size, 'bayer-rggb'),
  yuv422: (rgba, size) => toYuv422(rgba, size, false),
  yvu422: (rgba, size) => toYuv422(rgba, size, true),
};

/** The names of all {@link UncompressedFormat}s. */
export const uncompressedFormats = Object.keys(encoders) as readonly UncompressedFormat[];

/** RGBA as the pixels of a format, rows from the top left (PROTOCOL 8). */
export function encodePixels(rgba: Uint8Array, size: Size, format: UncompressedFormat): Uint8Array {
  return encoders[format](rgba, size);
}

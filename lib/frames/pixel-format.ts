import { requireOneOf } from '../arguments.js';
import { PixelFormat } from '../wire/payloads/index.js';

/** The pixel formats by name (PROTOCOL 8). The `data` of an `unknown` format are all bytes of the frame. */
export type FrameFormat =
  | 'binary'
  | 'grayscale'
  | 'rgb565'
  | 'argb8'
  | 'bayer-bggr'
  | 'bayer-gbrg'
  | 'bayer-grbg'
  | 'bayer-rggb'
  | 'yuv422'
  | 'yvu422'
  | 'jpeg'
  | 'png'
  | 'unknown';

const names = new Map<number, FrameFormat>([
  [PixelFormat.BINARY, 'binary'],
  [PixelFormat.GRAYSCALE, 'grayscale'],
  [PixelFormat.RGB565, 'rgb565'],
  [PixelFormat.ARGB8, 'argb8'],
  [PixelFormat.BAYER_BGGR, 'bayer-bggr'],
  [PixelFormat.BAYER_GBRG, 'bayer-gbrg'],
  [PixelFormat.BAYER_GRBG, 'bayer-grbg'],
  [PixelFormat.BAYER_RGGB, 'bayer-rggb'],
  [PixelFormat.YUV422, 'yuv422'],
  [PixelFormat.YVU422, 'yvu422'],
  [PixelFormat.JPEG, 'jpeg'],
  [PixelFormat.PNG, 'png'],
]);

/** The name of a format word. */
export function formatName(pixelFormat: number): FrameFormat {
  return names.get(pixelFormat) ?? 'unknown';
}

const words = new Map(Array.from(names, ([word, name]) => [name, word]));

/** @throws {OpenMVError} `INVALID_ARGUMENT` when this is not a pixel format. */
export function requireFormat(format: FrameFormat): void {
  requireOneOf('the format', format, [...words.keys()]);
}

/** The format word of a name. `unknown` is 0, which no format uses. */
export function formatWord(format: FrameFormat): number {
  return words.get(format) ?? 0;
}

/** Bytes of a picture; `undefined` for compressed and unknown formats. */
export function pictureBytes(format: FrameFormat, width: number, height: number): number | undefined {
  switch (format) {
    case 'binary':
      return Math.ceil(width / 32) * 4 * height;
    case 'grayscale':
    case 'bayer-bggr':
    case 'bayer-gbrg':
    case 'bayer-grbg':
    case 'bayer-rggb':
      return width * height;
    case 'rgb565':
    case 'yuv422':
    case 'yvu422':
      return 2 * width * height;
    case 'argb8':
      return 4 * width * height;
    case 'jpeg':
    case 'png':
    case 'unknown':
      return undefined;
  }
}

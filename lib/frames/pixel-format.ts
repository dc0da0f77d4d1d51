import { requireArgument } from '../arguments.js';
import { PixelFormat } from '../wire/payloads/index.js';

/** The pixel formats by name (PROTOCOL 8). `unknown` is one that this library does not know; its `data` are all there is. */
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

/** @throws {OpenMVError} `INVALID_ARGUMENT` when pixels can't be of this format. */
export function requireFormat(format: FrameFormat): void {
  requireArgument(words.has(format), `a format of pixels is ${[...words.keys()].join(', ')}`, format);
}

/** The format word of a name; 0, which no format has, of `unknown`. */
export function formatWord(format: FrameFormat): number {
  return words.get(format) ?? 0;
}

/** Bytes of a picture, or `undefined` where only the camera knows: compressed ones, and formats that are not known. */
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

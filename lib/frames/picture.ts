import { OpenMVError } from '../errors.js';
import { pictureBytes, type FrameFormat } from './pixel-format.js';
import { toRgba } from './to-rgba.js';

/**
 * Pixels for computations: an uncompressed frame, or RGBA without a `format`, such as the `ImageData` of a canvas.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** The format of the bytes. Default: RGBA. */
  readonly format?: FrameFormat;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** A rectangle of a picture, in whole pixels from the top left. It is cut at the picture's edges. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The pixels of a picture, with one byte or four bytes each. */
export interface Pixels {
  readonly kind: 'grayscale' | 'rgba';
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * Returns grayscale and RGBA unchanged, and other formats as RGBA.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` for compressed pictures; `MALFORMED` when the picture has too few bytes.
 */
export function pixelsOf({ width, height, format, data }: Picture): Pixels {
  if (format !== undefined && format !== 'grayscale') {
    return { kind: 'rgba', data: toRgba({ width, height, format, data: asBytes(data) }) };
  }
  const needed = format === 'grayscale' ? (pictureBytes(format, width, height) as number) : 4 * width * height;
  if (!(data.length >= needed)) {
    throw new OpenMVError(
      'MALFORMED',
      `${width} × ${height} pixels of ${format ?? 'RGBA'} need ${needed} bytes, but the picture has ${data.length}`,
    );
  }
  return { kind: format ?? 'rgba', data };
}

function asBytes(data: Uint8Array | Uint8ClampedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.length);
}

/**
 * Cuts a region at the picture's edges. Default: the whole picture.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when a number is not whole, a size is below 1, or the region is outside.
 */
export function regionIn({ width, height }: Picture, region?: Region): Region {
  const { x, y, width: across, height: down } = region ?? { x: 0, y: 0, width, height };
  const text = `a region of ${across} × ${down} pixels at (${x}, ${y})`;
  if (![x, y, across, down].every(Number.isInteger) || across < 1 || down < 1) {
    throw new OpenMVError('INVALID_ARGUMENT', `${text} is invalid: use whole numbers, and a size of at least 1`);
  }
  const [left, top] = [Math.max(x, 0), Math.max(y, 0)];
  const [right, bottom] = [Math.min(x + across, width), Math.min(y + down, height)];
  if (right <= left || bottom <= top) {
    throw new OpenMVError('INVALID_ARGUMENT', `${text} is outside a picture of ${width} × ${height}`);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

import { isObject, requireArgument } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { bayerToRgba } from './bayer.js';
import type { Frame } from './frame.js';
import { pictureBytes } from './pixel-format.js';
import { yuvToRgba } from './yuv.js';

/**
 * Converts an uncompressed frame to RGBA, 4 · width · height bytes in a new array, as `ImageData` takes them.
 *
 * A 5- or 6-bit colour is widened by repeating its top bits, so white stays 255. Bayer is demosaiced bilinearly, YUV is full
 * range BT.601, and BINARY is black and white.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` for `jpeg` and `png`, which `decodeRgba` decodes, and for `unknown`; `MALFORMED` when
 * the frame has too few bytes.
 *
 * @example
 * ```ts
 * import { toRgba, type Frame } from 'openmv-rx';
 *
 * const draw = (frame: Frame, canvas: CanvasRenderingContext2D) =>
 *   canvas.putImageData(new ImageData(toRgba(frame), frame.width, frame.height), 0, 0);
 * ```
 */
export function toRgba(
  frame: Pick<Frame, 'format' | 'width' | 'height'> & { readonly data: Uint8Array },
): Uint8ClampedArray<ArrayBuffer> {
  requireArgument(isObject(frame), 'toRgba takes a frame', frame);
  const { format, width, height, data } = frame;
  const needed = pictureBytes(format, width, height);
  if (needed === undefined) {
    const hint = format === 'unknown' ? '' : ': await decodeRgba(frame) decodes it';
    throw new OpenMVError('INVALID_ARGUMENT', `cannot convert a frame of format ${format} to RGBA${hint}`);
  }
  if (data.length < needed) {
    throw new OpenMVError(
      'MALFORMED',
      `${width} × ${height} pixels of ${format} need ${needed} bytes, but the frame has ${data.length}`,
    );
  }
  const rgba = new Uint8ClampedArray(4 * width * height);
  switch (format) {
    case 'binary':
      binary(data, width, height, rgba);
      break;
    case 'grayscale':
      grayscale(data, rgba);
      break;
    case 'rgb565':
      rgb565(data, rgba);
      break;
    case 'argb8':
      argb8(data, rgba);
      break;
    case 'yuv422':
    case 'yvu422':
      yuvToRgba(data, width, height, format === 'yvu422', rgba);
      break;
    case 'bayer-bggr':
    case 'bayer-gbrg':
    case 'bayer-grbg':
    case 'bayer-rggb':
      bayerToRgba(data, width, height, format, rgba);
      break;
    case 'jpeg':
    case 'png':
    case 'unknown':
  }
  return rgba;
}

/** Gray pixels as words in this machine's byte order, so that each pixel is one store. */
const GRAYS = new Uint32Array(Uint8Array.from({ length: 4 * 256 }, (_, at) => (at % 4 === 3 ? 255 : at >> 2)).buffer);
const BLACK_AND_WHITE = Uint32Array.of(GRAYS[0] as number, GRAYS[255] as number);

/** Pixel (x, y) is bit x & 31 of word x >> 5 of its row. A row is whole words (PROTOCOL 8). */
function binary(data: Uint8Array, width: number, height: number, rgba: Uint8ClampedArray): void {
  const pixels = new Uint32Array(rgba.buffer);
  const rowBytes = Math.ceil(width / 32) * 4;
  for (let y = 0, out = 0; y < height; y++) {
    for (let at = rowBytes * y, left = width; left > 0; at++, left -= 8) {
      let bits = data[at] as number;
      for (const end = out + Math.min(left, 8); out < end; out++, bits >>= 1) {
        pixels[out] = BLACK_AND_WHITE[bits & 1] as number;
      }
    }
  }
}

function grayscale(data: Uint8Array, rgba: Uint8ClampedArray): void {
  const pixels = new Uint32Array(rgba.buffer);
  for (let i = 0; i < pixels.length; i++) pixels[i] = GRAYS[data[i] as number] as number;
}

function rgb565(data: Uint8Array, rgba: Uint8ClampedArray): void {
  for (let i = 0, out = 0; out < rgba.length; i += 2, out += 4) {
    const word = (data[i] as number) | ((data[i + 1] as number) << 8);
    const red = word >> 11;
    const green = (word >> 5) & 0x3f;
    const blue = word & 0x1f;
    rgba[out] = (red << 3) | (red >> 2);
    rgba[out + 1] = (green << 2) | (green >> 4);
    rgba[out + 2] = (blue << 3) | (blue >> 2);
    rgba[out + 3] = 255;
  }
}

/** A little-endian word 0xAARRGGBB. */
function argb8(data: Uint8Array, rgba: Uint8ClampedArray): void {
  for (let at = 0; at < rgba.length; at += 4) {
    rgba[at] = data[at + 2] as number;
    rgba[at + 1] = data[at + 1] as number;
    rgba[at + 2] = data[at] as number;
    rgba[at + 3] = data[at + 3] as number;
  }
}

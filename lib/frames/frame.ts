import { OpenMVError } from '../errors.js';
import { decodeFrameHeader } from '../wire/payloads/index.js';
import { formatName, pictureBytes, type FrameFormat } from './pixel-format.js';

/** One picture, as the camera sent it. */
export interface Frame {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly format: FrameFormat;
  /**
   * A whole file for `jpeg` and `png`, else rows of pixels from the top left. A view of the bytes that were read, which
   * all subscribers share.
   */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Frames per second as the camera counts them; 0 in old firmware. */
  readonly fps: number;
  /** How many frames this camera object had read before, those that made no sense included. */
  readonly index: number;
  /** When its last byte arrived, in milliseconds of the camera's scheduler. */
  readonly receivedAt: number;
}

const COMPRESSED: ReadonlySet<FrameFormat> = new Set(['jpeg', 'png']);

/**
 * What was read from a stream, as a frame: the header of 32 bytes and the pixels at its offset (PROTOCOL 8).
 *
 * @throws {OpenMVError} `MALFORMED` when the header claims more than there is.
 */
export function parseFrame(bytes: Uint8Array<ArrayBuffer>, index: number, receivedAt: number): Frame {
  const { width, height, pixelFormat, size, offset, fps } = decodeFrameHeader(bytes);
  const format = formatName(pixelFormat);
  const there = Math.max(bytes.length - offset, 0);
  const needed = COMPRESSED.has(format) ? size : (pictureBytes(format, width, height) ?? there);
  if (needed > there) {
    throw new OpenMVError(
      'MALFORMED',
      `the header of a frame claims ${width} × ${height} ${format} in ${needed} bytes from ${offset} on, of ${bytes.length} that were read`,
    );
  }
  return { width, height, format, data: bytes.subarray(offset, offset + needed), fps, index, receivedAt };
}

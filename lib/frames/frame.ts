import { OpenMVError } from '../errors.js';
import { decodeFrameHeader, encodeFrameHeader, FRAME_HEADER_BYTES, sizeField } from '../wire/payloads/index.js';
import { formatName, formatWord, pictureBytes, type FrameFormat } from './pixel-format.js';

/** A picture as the camera sent it. */
export interface Frame {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly format: FrameFormat;
  /**
   * A whole file for `jpeg` and `png`, else rows of pixels from the top left. All subscribers share this view of the bytes
   * that were read.
   */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Frames per second as the camera measures them; 0 in old firmware. */
  readonly fps: number;
  /** The number of frames that this camera object read before, including invalid ones. */
  readonly index: number;
  /** Arrival time of the last byte, in milliseconds of the camera's scheduler. */
  readonly receivedAt: number;
}

const COMPRESSED: ReadonlySet<FrameFormat> = new Set(['jpeg', 'png']);

/**
 * Parses the bytes of a stream: a header of 32 bytes, and the pixels at its offset (PROTOCOL 8).
 *
 * @throws {OpenMVError} `MALFORMED` when the header claims more bytes than there are.
 */
export function parseFrame(bytes: Uint8Array<ArrayBuffer>, index: number, receivedAt: number): Frame {
  const { width, height, pixelFormat, size, offset, fps } = decodeFrameHeader(bytes);
  const format = formatName(pixelFormat);
  const there = Math.max(bytes.length - offset, 0);
  const needed = COMPRESSED.has(format) ? size : (pictureBytes(format, width, height) ?? there);
  if (needed > there) {
    throw new OpenMVError(
      'MALFORMED',
      `the frame is too short: ${width} × ${height} ${format} needs ${needed} bytes from offset ${offset}, but only ${bytes.length} were read`,
    );
  }
  return { width, height, format, data: bytes.subarray(offset, offset + needed), fps, index, receivedAt };
}

/** The bytes of a frame as a stream serves them: the counterpart of {@link parseFrame}. */
export function encodeFrame({
  width,
  height,
  format,
  data,
  fps = 0,
}: Pick<Frame, 'width' | 'height' | 'format'> & {
  readonly data: Uint8Array;
  readonly fps?: number;
}): Uint8Array<ArrayBuffer> {
  const pixelFormat = formatWord(format);
  const size = sizeField(pixelFormat, data.length);
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + data.length);
  bytes.set(encodeFrameHeader({ width, height, pixelFormat, size, offset: FRAME_HEADER_BYTES, fps }));
  bytes.set(data, FRAME_HEADER_BYTES);
  return bytes;
}

import { OpenMVError } from '../errors.js';
import { FRAME_HEADER_BYTES } from '../wire/payloads/index.js';
import { parseFrame, type Frame } from './frame.js';
import { pictureBytes, type FrameFormat } from './pixel-format.js';

/** The bytes and the shape of a channel that serves pictures. */
export interface PictureReading {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Height, width and more numbers; may be empty. */
  readonly shape: readonly number[];
  /** The format of pixels without a header, if the program knows it. */
  readonly format: FrameFormat | undefined;
  /** The name of the channel, for errors. */
  readonly name: string;
  readonly index: number;
  readonly receivedAt: number;
}

/**
 * Makes a frame from the bytes of a channel: bytes with the stream's header, or pixels whose size is in the channel's shape.
 *
 * @throws {OpenMVError} `MALFORMED` with the name of the channel.
 */
export function pictureOf({ bytes, shape, format, name, index, receivedAt }: PictureReading): Frame {
  const headed = format === undefined ? withHeader(bytes, index, receivedAt) : undefined;
  if (headed !== undefined) return headed;
  const [height = 0, width = 0] = shape;
  const known = format ?? formatOf(bytes, width, height);
  const needed = known === undefined ? undefined : pictureBytes(known, width, height);
  const enough = known === 'jpeg' || known === 'png' || (needed !== undefined && needed > 0 && needed <= bytes.length);
  if (known === undefined || !enough) {
    throw new OpenMVError(
      'MALFORMED',
      `channel '${name}' has ${bytes.length} bytes and ${shape.length > 0 ? `the shape ${shape.join(' × ')}` : 'no shape'}, which do not fit ${known === undefined ? 'any picture' : `a picture of format ${known}`}: pass the format, as in frames('rgb565')`,
    );
  }
  const data = needed === undefined ? bytes : bytes.subarray(0, needed);
  return { width, height, format: known, data, fps: 0, index, receivedAt };
}

/** A frame with the stream's header; `undefined` if the header has no known format or does not match the length. */
function withHeader(bytes: Uint8Array<ArrayBuffer>, index: number, receivedAt: number): Frame | undefined {
  if (bytes.length <= FRAME_HEADER_BYTES) return undefined;
  try {
    const frame = parseFrame(bytes, index, receivedAt);
    return frame.format === 'unknown' || frame.width === 0 || frame.height === 0 ? undefined : frame;
  } catch {
    return undefined;
  }
}

function formatOf(bytes: Uint8Array, width: number, height: number): FrameFormat | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'jpeg';
  if (bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47) return 'png';
  return BY_PIXEL_BYTES.get(bytes.length / (width * height));
}

const BY_PIXEL_BYTES = new Map<number, FrameFormat>([
  [1, 'grayscale'],
  [2, 'rgb565'],
  [4, 'argb8'],
]);

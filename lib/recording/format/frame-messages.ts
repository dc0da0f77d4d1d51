import { OpenMVError } from '../../errors.js';
import type { Frame } from '../../frames/frame.js';
import { pictureBytes, type FrameFormat } from '../../frames/pixel-format.js';
import { decodeUtf8, encodeUtf8 } from '../../wire/payloads/index.js';
import { compressedImage, rawImage, toTimestamp } from './foxglove.js';
import { toNanoseconds } from './nanoseconds.js';
import { rawEncoding } from './raw-encodings.js';
import { topics, type McapMessage } from './topics.js';

/** The properties of a frame that its image does not hold. */
export interface FrameInfo {
  readonly index: number;
  readonly width: number;
  readonly height: number;
  readonly format: FrameFormat;
  readonly fps: number;
}

const FRAME_ID = 'camera';

/** Encodes a frame as its info record and its image. */
export function frameMessages(frame: Frame): readonly McapMessage[] {
  const { index, width, height, format, fps, data, receivedAt } = frame;
  const time = toNanoseconds(receivedAt);
  const info: FrameInfo = { index, width, height, format, fps };
  return [
    { topic: topics.frameInfo, data: encodeUtf8(JSON.stringify(info)), time },
    format === 'jpeg' || format === 'png'
      ? {
          topic: topics.compressedFrames,
          data: compressedImage.encode({ timestamp: toTimestamp(time), frameId: FRAME_ID, data, format }),
          time,
        }
      : { topic: topics.rawFrames, data: encodeRaw(frame, time), time },
  ];
}

function encodeRaw({ width, height, format, data }: Frame, time: bigint): Uint8Array<ArrayBuffer> {
  const { encoding, bytesPerPixel, convert } = rawEncoding(format);
  return rawImage.encode({
    timestamp: toTimestamp(time),
    frameId: FRAME_ID,
    width,
    height,
    encoding,
    step: width * bytesPerPixel,
    data: convert ? convert({ width, height, data }) : data,
  });
}

export function decodeFrameInfo(data: Uint8Array): FrameInfo {
  return JSON.parse(decodeUtf8(data)) as FrameInfo;
}

/**
 * Decodes a frame, with the camera's own bytes.
 *
 * @throws {OpenMVError} `MALFORMED` when the image does not match the info.
 */
export function decodeFrame(info: FrameInfo, image: Uint8Array, receivedAt: number): Frame {
  const { width, height, format } = info;
  const compressed = format === 'jpeg' || format === 'png';
  const data = compressed ? compressedImage.decode(image).data : decodeRaw(info, image);
  if (data.length < (pictureBytes(format, width, height) ?? 0)) {
    throw new OpenMVError(
      'MALFORMED',
      `frame ${info.index} is ${width} × ${height} ${format}, but has only ${data.length} bytes`,
    );
  }
  return { ...info, data, receivedAt };
}

function decodeRaw({ width, height, format }: FrameInfo, image: Uint8Array): Uint8Array<ArrayBuffer> {
  const { data } = rawImage.decode(image);
  const { bytesPerPixel, restore } = rawEncoding(format);
  const enough = data.length >= width * height * bytesPerPixel;
  return restore && enough ? restore({ width, height, data }) : data;
}

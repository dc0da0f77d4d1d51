import { FRAME_HEADER_BYTES, PixelFormat, encodeFrameHeader } from '../wire/payloads/index.js';
import type { EncodeJpeg } from './encode-jpeg.js';
import { withFrameNumber } from './frame-number.js';
import { toRgb565 } from './rgb565.js';
import type { RawSettings } from './stream-channel.js';
import { testPattern } from './test-pattern.js';

/** What a picture is to be like. */
export interface PictureSettings {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Of a JPEG, 1 to 100. */
  readonly quality: number;
}

/** Where pictures come from. */
export interface PictureOptions {
  readonly framesPerSecond: number;
  readonly encodeJpeg: EncodeJpeg;
  readonly frameSource: ((index: number, settings: PictureSettings) => Uint8Array) | undefined;
  readonly streamBufferBytes: number;
}

/** A frame as it stands on the stream: its header, and a JPEG or, where the host wants it and it fits, raw pixels. */
export function streamFrame(
  index: number,
  picture: PictureSettings,
  raw: RawSettings,
  options: PictureOptions,
): Uint8Array {
  const { framesPerSecond: fps, encodeJpeg, frameSource, streamBufferBytes } = options;
  const { width, height, quality } = picture;
  if (frameSource) return jpegFrame(picture, fps, frameSource(index, picture));
  const rgba = testPattern(index, width, height);
  const size = { width: Math.min(width, raw.width || width), height: Math.min(height, raw.height || height) };
  if (raw.enabled && 2 * size.width * size.height + FRAME_HEADER_BYTES <= streamBufferBytes) {
    const header = { ...size, pixelFormat: PixelFormat.RGB565, size: 2, offset: FRAME_HEADER_BYTES, fps };
    return joined(encodeFrameHeader(header), toRgb565(rgba, picture, size));
  }
  return jpegFrame(picture, fps, withFrameNumber(encodeJpeg(rgba, width, height, quality), index));
}

function jpegFrame({ width, height }: PictureSettings, fps: number, jpeg: Uint8Array): Uint8Array {
  const layout = { pixelFormat: PixelFormat.JPEG, size: jpeg.length, offset: FRAME_HEADER_BYTES };
  return joined(encodeFrameHeader({ width, height, fps, ...layout }), jpeg);
}

function joined(header: Uint8Array, data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(header.length + data.length);
  frame.set(header);
  frame.set(data, header.length);
  return frame;
}

import { layout, viewOf } from './layout.js';

/** The header before the pixels of a frame (PROTOCOL 8). */
export interface FrameHeader {
  readonly width: number;
  readonly height: number;
  /** One of {@link PixelFormat}, or a format that this library does not know. */
  readonly pixelFormat: number;
  /** Bytes of a compressed picture, else bytes of a pixel. */
  readonly size: number;
  /** Offset of the pixels from the start of the header, in bytes. */
  readonly offset: number;
  /** Frames per second as the camera measures them; 0 in old builds. */
  readonly fps: number;
}

/** Bytes of a {@link FrameHeader} on the wire. */
export const FRAME_HEADER_BYTES = 32;

export function encodeFrameHeader(header: FrameHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES);
  const view = viewOf(bytes);
  const words = [header.width, header.height, header.pixelFormat, header.size, header.offset];
  words.forEach((word, index) => view.setUint32(4 * index, word, true));
  view.setFloat32(20, header.fps, true);
  return bytes;
}

/** @throws {OpenMVError} `MALFORMED` when the payload is shorter than 32 bytes. */
export function decodeFrameHeader(payload: Uint8Array): FrameHeader {
  const view = layout('a frame header', payload, FRAME_HEADER_BYTES);
  const word = (index: number) => view.getUint32(4 * index, true);
  return {
    width: word(0),
    height: word(1),
    pixelFormat: word(2),
    size: word(3),
    offset: word(4),
    fps: view.getFloat32(20, true),
  };
}

/** The format words of frames (PROTOCOL 8). The Bayer names are the firmware's. */
export const PixelFormat = {
  BINARY: 0x08010000,
  GRAYSCALE: 0x08020001,
  RGB565: 0x0c030002,
  ARGB8: 0x0c080004,
  BAYER_BGGR: 0x05040001,
  BAYER_GBRG: 0x05040101,
  BAYER_GRBG: 0x05040201,
  BAYER_RGGB: 0x05040301,
  YUV422: 0x14050002,
  YVU422: 0x14050102,
  JPEG: 0x06060000,
  PNG: 0x06070000,
} as const;

/** Bits of a format word (PROTOCOL 8). */
const COMPRESSED = 1 << 25;
const BYTES_PER_PIXEL = 0xff;

export function isCompressed(pixelFormat: number): boolean {
  return (pixelFormat & COMPRESSED) !== 0;
}

/** The `size` of a header: bytes of a compressed picture, else bytes of a pixel. */
export function sizeField(pixelFormat: number, dataBytes: number): number {
  return isCompressed(pixelFormat) ? dataBytes : pixelFormat & BYTES_PER_PIXEL;
}

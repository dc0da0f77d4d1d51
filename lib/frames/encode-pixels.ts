import type { FrameFormat } from './pixel-format.js';

/** The size of a picture in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** RGBA as ARGB8: words 0xAARRGGBB, low byte first (PROTOCOL 8). */
function toArgb8(rgba: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(rgba.length);
  for (let at = 0; at < rgba.length; at += 4) {
    bytes[at] = rgba[at + 2] as number;
    bytes[at + 1] = rgba[at + 1] as number;
    bytes[at + 2] = rgba[at] as number;
    bytes[at + 3] = rgba[at + 3] as number;
  }
  return bytes;
}

/** The channel of RGBA that each pixel of a 2 × 2 cell keeps: top left, top right, bottom left, bottom right. */
const CELLS = {
  'bayer-bggr': [2, 1, 1, 0],
  'bayer-gbrg': [1, 2, 0, 1],
  'bayer-grbg': [1, 0, 2, 1],
  'bayer-rggb': [0, 1, 1, 2],
} as const;

type BayerOrder = keyof typeof CELLS;

/** RGBA as a Bayer mosaic: one colour per pixel. */
function toBayer(rgba: Uint8Array, { width, height }: Size, order: BayerOrder): Uint8Array {
  const cell = CELLS[order];
  const bytes = new Uint8Array(width * height);
  for (let y = 0, pixel = 0; y < height; y++)
    for (let x = 0; x < width; x++, pixel++)
      bytes[pixel] = rgba[4 * pixel + (cell[2 * (y & 1) + (x & 1)] as number)] as number;
  return bytes;
}

/** The lowest luma of a white pixel. */
const WHITE_FROM = 128;

/** RGBA as BINARY: one bit per pixel, the leftmost in the lowest bit, each row padded to whole words (PROTOCOL 8). */
export function toBinary(rgba: Uint8Array, { width, height }: Size): Uint8Array<ArrayBuffer> {
  const rowBytes = Math.ceil(width / 32) * 4;
  const bytes = new Uint8Array(rowBytes * height);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 4)
      if (lumaAt(rgba, at) >= WHITE_FROM) (bytes[rowBytes * y + (x >> 3)] as number) |= 1 << (x & 7);
  return bytes;
}

/** RGBA as GRAYSCALE, by the weights of BT.601. */
function toGrayscale(rgba: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(rgba.length / 4);
  for (let pixel = 0; pixel < bytes.length; pixel++) bytes[pixel] = lumaAt(rgba, 4 * pixel);
  return bytes;
}

/** The luma of a pixel, 0 to 255. */
function lumaAt(rgba: Uint8Array, at: number): number {
  return Math.round(0.299 * (rgba[at] as number) + 0.587 * (rgba[at + 1] as number) + 0.114 * (rgba[at + 2] as number));
}

/** RGBA as RGB565, low byte first (PROTOCOL 8). */
export function toRgb565(rgba: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(rgba.length / 2);
  for (let at = 0, out = 0; at < rgba.length; at += 4, out += 2) {
    const green = rgba[at + 1] as number;
    bytes[out] = ((green & 0x1c) << 3) | ((rgba[at + 2] as number) >> 3);
    bytes[out + 1] = ((rgba[at] as number) & 0xf8) | (green >> 5);
  }
  return bytes;
}

/**
 * RGBA as YUV422, full range BT.601. Two pixels share the mean of their chroma: Y U Y V, or Y V Y U with `vFirst`. The last
 * pixel of an odd row has only the first chroma byte.
 */
function toYuv422(rgba: Uint8Array, { width, height }: Size, vFirst: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * width * height);
  for (let y = 0, pixel = 0; y < height; y++)
    for (let x = 0; x < width; x++, pixel++) {
      const left = 4 * (pixel - (x & 1));
      const right = (x | 1) < width ? left + 4 : left;
      const isV = ((x & 1) === 1) !== vFirst;
      bytes[2 * pixel] = lumaAt(rgba, 4 * pixel);
      bytes[2 * pixel + 1] = Math.min(255, Math.round(128 + chroma(rgba, left, right, isV)));
    }
  return bytes;
}

/** The mean chroma of two pixels, V or U: −127.5 to 127.5. */
function chroma(rgba: Uint8Array, left: number, right: number, isV: boolean): number {
  const mean = (part: number) => ((rgba[left + part] as number) + (rgba[right + part] as number)) / 2;
  const [red, green, blue] = [mean(0), mean(1), mean(2)];
  const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
  return isV ? (red - luma) / 1.402 : (blue - luma) / 1.772;
}

/** Scales RGBA to another size by the nearest pixel. Returns the same array if the sizes are equal. */
export function scaled(rgba: Uint8Array, from: Size, to: Size): Uint8Array {
  if (from.width === to.width && from.height === to.height) return rgba;
  const bytes = new Uint8Array(4 * to.width * to.height);
  for (let y = 0, out = 0; y < to.height; y++) {
    const row = Math.floor((y * from.height) / to.height) * from.width;
    for (let x = 0; x < to.width; x++, out += 4) {
      const at = 4 * (row + Math.floor((x * from.width) / to.width));
      for (let part = 0; part < 4; part++) bytes[out + part] = rgba[at + part] as number;
    }
  }
  return bytes;
}

/** The uncompressed formats. */
export type UncompressedFormat = Exclude<FrameFormat, 'jpeg' | 'png' | 'unknown'>;

const encoders: Readonly<Record<UncompressedFormat, (rgba: Uint8Array, size: Size) => Uint8Array>> = {
  binary: toBinary,
  grayscale: toGrayscale,
  rgb565: toRgb565,
  argb8: toArgb8,
  'bayer-bggr': (rgba, size) => toBayer(rgba, size, 'bayer-bggr'),
  'bayer-gbrg': (rgba, size) => toBayer(rgba, size, 'bayer-gbrg'),
  'bayer-grbg': (rgba, size) => toBayer(rgba, size, 'bayer-grbg'),
  'bayer-rggb': (rgba, size) => toBayer(rgba, size, 'bayer-rggb'),
  yuv422: (rgba, size) => toYuv422(rgba, size, false),
  yvu422: (rgba, size) => toYuv422(rgba, size, true),
};

/** All {@link UncompressedFormat}s. */
export const uncompressedFormats = Object.keys(encoders) as readonly UncompressedFormat[];

/** RGBA as the pixels of a format, rows from the top left (PROTOCOL 8). */
export function encodePixels(rgba: Uint8Array, size: Size, format: UncompressedFormat): Uint8Array {
  return encoders[format](rgba, size);
}

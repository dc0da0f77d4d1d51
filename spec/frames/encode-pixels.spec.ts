import { encodePixels, uncompressedFormats, type UncompressedFormat } from '../../lib/frames/encode-pixels.js';
import { pictureBytes } from '../../lib/frames/pixel-format.js';
import { toRgba } from '../../lib/frames/to-rgba.js';
import { random, randomBytes } from '../wire/random.js';

const RED = [255, 0, 0, 255];
const GREEN = [0, 255, 0, 255];
const BLUE = [0, 0, 255, 255];
const WHITE = [255, 255, 255, 255];
const BLACK = [0, 0, 0, 255];

/** One row of pixels, or as many rows as there are arrays, in a format. */
function encoded(format: UncompressedFormat, ...rows: number[][][]): number[] {
  const size = { width: rows[0]!.length, height: rows.length };
  return Array.from(encodePixels(Uint8Array.from(rows.flat(2)), size, format));
}

/** RGBA in and out of a format. */
function there(format: UncompressedFormat, rgba: Uint8Array, width: number, height: number): number[] {
  const data = encodePixels(rgba, { width, height }, format);
  return Array.from(toRgba({ format, width, height, data }));
}

describe('the pixels of a format', () => {
  it('are RGB565 words, low byte first', () => {
    expect(encoded('rgb565', [RED, GREEN, BLUE, WHITE])).toEqual([0x00, 0xf8, 0xe0, 0x07, 0x1f, 0x00, 0xff, 0xff]);
    expect(encoded('rgb565', [[0x08, 0x04, 0x08, 255]])).toEqual([0x21, 0x08]);
  });

  it('are words 0xAARRGGBB, low byte first', () => {
    expect(encoded('argb8', [[1, 2, 3, 4]])).toEqual([3, 2, 1, 4]);
  });

  it('are one byte of brightness', () => {
    expect(encoded('grayscale', [BLACK, RED, GREEN, BLUE, WHITE])).toEqual([0, 76, 150, 29, 255]);
  });

  it('are a bit of a row of whole words, the leftmost one lowest', () => {
    expect(encoded('binary', [WHITE, BLACK, WHITE], [BLACK, BLACK, WHITE])).toEqual([5, 0, 0, 0, 4, 0, 0, 0]);
    const row = Array.from({ length: 33 }, (_, x) => (x === 8 || x === 32 ? WHITE : BLACK));
    expect(encoded('binary', row)).toEqual([0, 1, 0, 0, 1, 0, 0, 0]);
    expect(encoded('binary', row.slice(0, 32))).toEqual([0, 1, 0, 0]);
  });

  it('are white in BINARY from the middle on', () => {
    expect(encoded('binary', [[127, 127, 127, 255]])).toEqual([0, 0, 0, 0]);
    expect(encoded('binary', [[128, 128, 128, 255]])).toEqual([1, 0, 0, 0]);
  });

  it.each([
    ['bayer-bggr', [3, 2, 3, 2, 1, 2, 3, 2, 3]],
    ['bayer-gbrg', [2, 3, 2, 1, 2, 1, 2, 3, 2]],
    ['bayer-grbg', [2, 1, 2, 3, 2, 3, 2, 1, 2]],
    ['bayer-rggb', [1, 2, 1, 2, 3, 2, 1, 2, 1]],
  ] as const)('are one colour each in %s, at odd sizes too', (format, expected) => {
    const row = [0, 1, 2].map(() => [1, 2, 3, 255]);
    expect(encoded(format, row, row, row)).toEqual(expected);
  });

  it('share their chroma two by two in YUV422, and V comes first in YVU422', () => {
    // The primaries of JPEG: red is (76, 85, 255), blue (29, 255, 107).
    expect(encoded('yuv422', [RED, RED])).toEqual([76, 85, 76, 255]);
    expect(encoded('yvu422', [RED, RED])).toEqual([76, 255, 76, 85]);
    expect(encoded('yuv422', [BLUE, BLUE])).toEqual([29, 255, 29, 107]);
    expect(encoded('yuv422', [RED, BLUE])).toEqual([76, 170, 29, 181]);
  });

  it('have the first chroma byte only at the end of an odd row of YUV422', () => {
    expect(encoded('yuv422', [RED, RED, BLUE], [BLACK, BLACK, WHITE])).toEqual([
      ...[76, 85, 76, 255, 29, 255],
      ...[0, 128, 0, 128, 255, 128],
    ]);
    expect(encoded('yvu422', [BLUE])).toEqual([29, 107]);
  });

  const sizes = [1, 2, 3, 31, 32, 33].flatMap((width) => [1, 2, 5].map((height) => [width, height] as const));

  it.each(uncompressedFormats)('take as many bytes as the host expects of %s', (format) => {
    for (const [width, height] of sizes)
      expect(encodePixels(randomBytes(random(1), 4 * width * height), { width, height }, format)).toHaveLength(
        pictureBytes(format, width, height)!,
      );
  });

  /** How far each part of a colour may be off when it has been in a format and is read again. */
  const precision = { argb8: 0, rgb565: 7, yuv422: 2, yvu422: 2 } as const;

  it.each(Object.entries(precision))('are read again as they were, in %s, but for %d', (format, allowed) => {
    for (const [width, height] of sizes) {
      // Two neighbours have one colour: what YUV422 can hold.
      const rgba = randomBytes(random(width * height), 4 * width * height);
      for (let at = 0; at < rgba.length; at += 4) {
        const [row, x] = [Math.floor(at / 4 / width), (at / 4) % width];
        rgba.copyWithin(at, 4 * (row * width + (x & ~1)), 4 * (row * width + (x & ~1)) + 3);
        rgba[at + 3] = 255;
      }
      const back = there(format as UncompressedFormat, rgba, width, height);
      back.forEach((value, at) => {
        const alone = format.endsWith('422') && (width & 1) === 1 && (at >> 2) % width === width - 1;
        if (!alone) expect(Math.abs(value - rgba[at]!)).toBeLessThanOrEqual(allowed);
      });
    }
  });

  it('are read again as their brightness, or as black and white', () => {
    const grays = Uint8Array.from({ length: 4 * 256 }, (_, at) => (at % 4 === 3 ? 255 : at >> 2));
    expect(there('grayscale', grays, 64, 4)).toEqual(Array.from(grays));
    const blackAndWhite = grays.map((value, at) => (at % 4 === 3 || value >= 128 ? 255 : 0));
    expect(there('binary', grays, 64, 4)).toEqual(Array.from(blackAndWhite));
  });

  it.each(['bayer-bggr', 'bayer-gbrg', 'bayer-grbg', 'bayer-rggb'] as const)(
    'are read again as they were where a colour is wide enough, in %s',
    (format) => {
      const rgba = Uint8Array.from({ length: 4 * 7 * 5 }, (_, at) => [200, 100, 50, 255][at % 4]!);
      expect(there(format, rgba, 7, 5)).toEqual(Array.from(rgba));
    },
  );
});

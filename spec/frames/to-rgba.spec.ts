import type { FrameFormat } from '../../lib/frames/pixel-format.js';
import { pictureBytes } from '../../lib/frames/pixel-format.js';
import { toRgba } from '../../lib/frames/to-rgba.js';
import { random, randomBytes } from '../wire/random.js';

type Pixel = readonly [red: number, green: number, blue: number, alpha: number];

const WHITE: Pixel = [255, 255, 255, 255];
const BLACK: Pixel = [0, 0, 0, 255];

function pixels(format: FrameFormat, width: number, height: number, ...data: number[]): Pixel[] {
  const rgba = Array.from(toRgba({ format, width, height, data: Uint8Array.from(data) }));
  expect(rgba).toHaveLength(4 * width * height);
  return Array.from({ length: width * height }, (_, i) => rgba.slice(4 * i, 4 * i + 4) as unknown as Pixel);
}

const opaque = (...colours: (readonly [number, number, number])[]): Pixel[] =>
  colours.map(([red, green, blue]) => [red, green, blue, 255]);

describe('toRgba', () => {
  it('copies a gray value to red, green and blue', () => {
    expect(pixels('grayscale', 3, 1, 0, 128, 255)).toEqual([BLACK, [128, 128, 128, 255], WHITE]);
  });

  it('keeps the rows of a picture of odd width', () => {
    const want = [1, 2, 3, 4, 5, 6].map((gray) => [gray, gray, gray, 255]);
    expect(pixels('grayscale', 3, 2, 1, 2, 3, 4, 5, 6)).toEqual(want);
  });

  it('scales little-endian RGB565 so that each colour reaches 255', () => {
    const words = [0x0000, 0xffff, 0xf800, 0x07e0, 0x001f, 0x0841, 0x8410, 0x7bef];
    expect(pixels('rgb565', 8, 1, ...words.flatMap((word) => [word & 0xff, word >> 8]))).toEqual(
      opaque(
        [0, 0, 0],
        [255, 255, 255],
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
        [8, 8, 8],
        [132, 130, 132],
        [123, 125, 123],
      ),
    );
  });

  it('keeps the rows of an RGB565 picture of odd width', () => {
    const colours = opaque([255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0], [255, 0, 0]);
    const words = [0xf800, 0x07e0, 0x001f, 0xffff, 0x0000, 0xf800];
    expect(pixels('rgb565', 3, 2, ...words.flatMap((word) => [word & 0xff, word >> 8]))).toEqual(colours);
  });

  it('scales every word of RGB565 by repeating its top bits', () => {
    const data = Uint8Array.from({ length: 2 * 65_536 }, (_, i) => (i % 2 === 0 ? i >> 1 : i >> 9));
    const rgba = toRgba({ format: 'rgb565', width: 256, height: 256, data });
    const bits = (value: number, count: number): string => value.toString(2).padStart(count, '0');
    const widened = (value: number, count: number): number => parseInt(bits(value, count).repeat(2).slice(0, 8), 2);
    for (let word = 0; word < 65_536; word++) {
      const want = [widened(word >> 11, 5), widened((word >> 5) & 63, 6), widened(word & 31, 5), 255];
      for (const [colour, value] of want.entries()) {
        if (rgba[4 * word + colour] !== value) throw new Error(`word ${word}, colour ${colour}: not ${value}`);
      }
    }
  });

  it('reorders the bytes of ARGB8 and keeps alpha', () => {
    expect(pixels('argb8', 2, 1, 3, 2, 1, 4, 0xff, 0x80, 0x40, 0)).toEqual([
      [1, 2, 3, 4],
      [0x40, 0x80, 0xff, 0],
    ]);
  });

  it.each(Array.from({ length: 65 }, (_, i) => i + 1))('reads binary rows as whole words: width %d', (width) => {
    const height = 3;
    const numbers = random(width);
    const rowWords = Math.ceil(width / 32);
    const words = Array.from({ length: rowWords * height }, () => Math.floor(numbers() * 2 ** 32));
    const data = Buffer.alloc(4 * words.length);
    words.forEach((word, i) => data.writeUInt32LE(word, 4 * i));
    // PROTOCOL 8, word for word: bit x & 31 of u32 word y·ceil(w/32) + (x >> 5).
    const want = Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return ((words[y * rowWords + (x >> 5)]! >>> (x & 31)) & 1) === 1 ? WHITE : BLACK;
    });
    expect(pixels('binary', width, height, ...data)).toEqual(want);
  });

  const white: [FrameFormat, number][] = [
    ['binary', 255],
    ['grayscale', 255],
    ['rgb565', 255],
    ['argb8', 255],
    ['bayer-bggr', 255],
    ['bayer-gbrg', 255],
    ['bayer-grbg', 255],
    ['bayer-rggb', 255],
  ];
  it.each(white)('converts white to white and black to black: %s', (format, full) => {
    for (const [width, height] of [
      [1, 1],
      [2, 2],
      [5, 3],
      [6, 4],
    ] as const) {
      const bytes = pictureBytes(format, width, height)!;
      const all = (pixel: Pixel) => Array<Pixel>(width * height).fill(pixel);
      expect(pixels(format, width, height, ...Array<number>(bytes).fill(full))).toEqual(all(WHITE));
      const black: Pixel = format === 'argb8' ? [0, 0, 0, 0] : BLACK;
      expect(pixels(format, width, height, ...Array<number>(bytes).fill(0))).toEqual(all(black));
    }
  });

  const uncompressed = [...white.map(([format]) => format), 'yuv422', 'yvu422'] as FrameFormat[];

  it.each(uncompressed)('throws MALFORMED if a byte is missing, and says how many bytes it needs: %s', (format) => {
    const needed = pictureBytes(format, 33, 2)!;
    const data = new Uint8Array(needed - 1);
    const convert = () => toRgba({ format, width: 33, height: 2, data });
    expect(convert).toThrow(expect.objectContaining({ code: 'MALFORMED' }) as Error);
    expect(convert).toThrow(`33 × 2 pixels of ${format} need ${needed} bytes, but the frame has ${needed - 1}`);
  });

  it.each(uncompressed)('ignores the bytes after the picture and the offset in its buffer: %s', (format) => {
    const needed = pictureBytes(format, 5, 3)!;
    const numbers = random(needed);
    const data = randomBytes(numbers, needed);
    const larger = Uint8Array.of(1, 2, 3, ...data, 4, 5);
    const want = toRgba({ format, width: 5, height: 3, data });
    expect(toRgba({ format, width: 5, height: 3, data: larger.subarray(3) })).toEqual(want);
  });

  it.each(uncompressed)('returns a new array and does not change the frame: %s', (format) => {
    const data = new Uint8Array(pictureBytes(format, 4, 2)!).fill(77);
    const rgba = toRgba({ format, width: 4, height: 2, data });
    rgba.fill(1);
    expect(data.every((byte) => byte === 77)).toBe(true);
  });

  it.each(['jpeg', 'png', 'unknown'] as const)('throws INVALID_ARGUMENT for %s', (format) => {
    const convert = () => toRgba({ format, width: 1, height: 1, data: new Uint8Array(100) });
    expect(convert).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});

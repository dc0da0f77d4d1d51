import { histogram } from '../../lib/frames/histogram.js';
import type { Picture } from '../../lib/frames/picture.js';
import { toRgba } from '../../lib/frames/to-rgba.js';
import { random, randomBytes } from '../wire/random.js';

/** The values that were counted, with their counts. */
const counted = (counts: Uint32Array): [number, number][] =>
  Array.from(counts, (count, value): [number, number] => [value, count]).filter(([, count]) => count > 0);

const gray = (width: number, height: number, ...bytes: number[]): Picture => ({
  width,
  height,
  format: 'grayscale',
  data: Uint8Array.from(bytes),
});

const INVALID = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error;

describe('histogram', () => {
  it('counts the gray values of a grayscale frame', () => {
    const counts = histogram(gray(3, 2, 0, 7, 7, 255, 0, 7));
    expect(counts.kind === 'grayscale' && counted(counts.gray)).toEqual([
      [0, 2],
      [7, 3],
      [255, 1],
    ]);
    expect(counts.pixels).toBe(6);
  });

  it('counts the colours of RGBA, without alpha', () => {
    const data = Uint8ClampedArray.of(1, 2, 3, 4, 1, 5, 9, 255);
    const counts = histogram({ width: 2, height: 1, data });
    expect(counts.kind === 'rgb' && [counts.red, counts.green, counts.blue].map(counted)).toEqual([
      [[1, 2]],
      [
        [2, 1],
        [5, 1],
      ],
      [
        [3, 1],
        [9, 1],
      ],
    ]);
  });

  it.each(['rgb565', 'yuv422', 'bayer-rggb', 'binary', 'argb8'] as const)(
    'counts %s as toRgba converts it',
    (format) => {
      const [width, height] = [7, 5];
      // An odd place in a larger array, as a frame's data have it.
      const data = randomBytes(random(1), 1 + 4 * 32 * height).subarray(1);
      const counts = histogram({ width, height, format, data });
      expect(counts).toEqual(histogram({ width, height, data: toRgba({ width, height, format, data }) }));
      expect(counts.kind).toBe('rgb');
    },
  );

  it.each([
    [{ x: 0, y: 0, width: 1, height: 1 }, [1]],
    [{ x: 1, y: 1, width: 2, height: 2 }, [6, 7, 10, 11]],
    [{ x: 3, y: 0, width: 1, height: 3 }, [4, 8, 12]],
    [{ x: 2, y: 2, width: 100, height: 100 }, [11, 12]],
    [{ x: -5, y: -5, width: 7, height: 6 }, [1, 2]],
    [{ x: -9, y: -9, width: 99, height: 99 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
  ])('counts only the part of %j inside a picture of 4 × 3', (region, values) => {
    const bytes = Array.from({ length: 12 }, (_, i) => i + 1);
    const inGray = histogram(gray(4, 3, ...bytes), region);
    expect(inGray.kind === 'grayscale' && counted(inGray.gray).map(([value]) => value)).toEqual(values);
    expect(inGray.pixels).toBe(values.length);
    const data = Uint8Array.from(bytes.flatMap((byte) => [byte, 100 + byte, 200 + byte, 0]));
    const inRgb = histogram({ width: 4, height: 3, data }, region);
    expect(inRgb.kind === 'rgb' && [inRgb.red, inRgb.green, inRgb.blue].map(counted)).toEqual(
      [0, 100, 200].map((offset) => values.map((value) => [value + offset, 1])),
    );
  });

  it.each([
    { x: 4, y: 0, width: 1, height: 1 },
    { x: 0, y: 3, width: 1, height: 1 },
    { x: -1, y: 0, width: 1, height: 1 },
    { x: 0, y: 0, width: 0, height: 1 },
    { x: 0, y: 0, width: 1, height: -1 },
    { x: 0.5, y: 0, width: 1, height: 1 },
    { x: 0, y: 0, width: NaN, height: 1 },
    { x: 0, y: 0, width: Infinity, height: 1 },
  ])('throws for a region that is invalid or outside the picture: %j', (region) => {
    expect(() => histogram(gray(4, 3, ...Array<number>(12).fill(0)), region)).toThrow(INVALID);
  });

  it.each(['jpeg', 'png', 'unknown'] as const)('throws for %s, which contains no pixels', (format) => {
    expect(() => histogram({ width: 1, height: 1, format, data: new Uint8Array(100) })).toThrow(INVALID);
  });

  it.each([
    [
      { width: 4, height: 3, format: 'grayscale' as const, data: new Uint8Array(11) },
      '4 × 3 pixels of grayscale need 12',
    ],
    [{ width: 4, height: 3, data: new Uint8Array(47) }, '4 × 3 pixels of RGBA need 48 bytes, but the picture has 47'],
    [{ width: 4, height: 3, format: 'rgb565' as const, data: new Uint8Array(23) }, 'need 24 bytes'],
  ])('throws MALFORMED if bytes are missing', (picture, message) => {
    expect(() => histogram(picture)).toThrow(expect.objectContaining({ code: 'MALFORMED' }) as Error);
    expect(() => histogram(picture)).toThrow(message);
  });
});

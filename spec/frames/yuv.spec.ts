import { toRgba } from '../../lib/frames/to-rgba.js';
import { random, randomBytes } from '../wire/random.js';

type Order = 'yuv422' | 'yvu422';

function rgb(format: Order, width: number, height: number, ...data: number[]): number[][] {
  const rgba = Array.from(toRgba({ format, width, height, data: Uint8Array.from(data) }));
  return Array.from({ length: width * height }, (_, i) => rgba.slice(4 * i, 4 * i + 4));
}

/** Full range BT.601, from its weights: red 0.299, blue 0.114. */
function bt601(y: number, u: number, v: number): number[] {
  const red = y + 2 * (1 - 0.299) * (v - 128);
  const blue = y + 2 * (1 - 0.114) * (u - 128);
  const green = (y - 0.299 * red - 0.114 * blue) / 0.587;
  return [red, green, blue].map((value) => Math.min(255, Math.max(0, value)));
}

describe('toRgba, of YUV', () => {
  it('converts white, black and grays exactly', () => {
    for (const format of ['yuv422', 'yvu422'] as const) {
      for (const gray of [0, 1, 127, 254, 255]) {
        const pixel = [gray, gray, gray, 255];
        expect(rgb(format, 2, 1, gray, 128, gray, 128)).toEqual([pixel, pixel]);
        expect(rgb(format, 1, 1, gray, 128)).toEqual([pixel]);
        expect(rgb(format, 3, 1, gray, 128, gray, 128, gray, 128)).toEqual([pixel, pixel, pixel]);
      }
    }
  });

  it('applies one chroma to two pixels: blue difference first in YUV, red difference first in YVU', () => {
    // The primaries of JPEG: red is (76, 85, 255), blue (29, 255, 107).
    expect(rgb('yuv422', 2, 1, 76, 85, 76, 255)).toEqual([
      [254, 0, 0, 255],
      [254, 0, 0, 255],
    ]);
    expect(rgb('yvu422', 2, 1, 76, 255, 76, 85)).toEqual(rgb('yuv422', 2, 1, 76, 85, 76, 255));
    expect(rgb('yuv422', 2, 1, 29, 255, 29, 107)).toEqual([
      [0, 0, 254, 255],
      [0, 0, 254, 255],
    ]);
  });

  it('clamps the result to a byte', () => {
    expect(rgb('yuv422', 2, 1, 255, 255, 0, 0)).toEqual([
      [76, 255, 255, 255],
      [0, 48, 225, 255],
    ]);
  });

  it.each(['yuv422', 'yvu422'] as const)('converts full-range BT.601, rounded to the nearest: %s', (format) => {
    const data = randomBytes(random(601), 2 * 64 * 16);
    const got = rgb(format, 64, 16, ...data);
    const [uAt, vAt] = format === 'yuv422' ? [1, 3] : [3, 1];
    got.forEach((pixel, i) => {
      const pair = 4 * (i >> 1);
      const want = bt601(data[2 * i]!, data[pair + uAt]!, data[pair + vAt]!);
      want.forEach((value, colour) => expect(Math.abs(pixel[colour]! - value)).toBeLessThan(0.5 + 1e-9));
      expect(pixel[3]).toBe(255);
    });
  });

  it.each([0, 1, 99, 128, 254, 255])('matches the definition for every chroma at luma %d', (luma) => {
    // Row v, of pairs u = 0 to 255.
    const data = Uint8Array.from({ length: 4 * 65_536 }, (_, i) => [luma, (i >> 2) & 255, luma, i >> 10][i % 4]!);
    const rgba = toRgba({ format: 'yuv422', width: 512, height: 256, data });
    for (let pair = 0; pair < 65_536; pair++) {
      const want = bt601(luma, pair & 255, pair >> 8);
      for (const [colour, value] of want.entries()) {
        const [left, right] = [rgba[8 * pair + colour]!, rgba[8 * pair + 4 + colour]!];
        if (left !== right || Math.abs(left - value) > 0.5 + 1e-9) throw new Error(`${left}, not ${value}, at ${pair}`);
      }
    }
  });

  it.each(['yuv422', 'yvu422'] as const)(
    'lets the last pixel of an odd row share the chroma of the pair before: %s',
    (format) => {
      const rows = [
        [10, 100, 20, 200, 30, 110],
        [40, 50, 60, 70, 80, 90],
      ];
      const want = rows.flatMap(([y0, c0, y1, c1, y2, c2]) => [
        ...rgb(format, 2, 1, y0!, c0!, y1!, c1!),
        rgb(format, 2, 1, y2!, c2!, y2!, c1!)[0],
      ]);
      expect(rgb(format, 3, 2, ...rows.flat())).toEqual(want);
    },
  );

  it('assumes a neutral value for the chroma that a row of one pixel lacks', () => {
    expect(rgb('yuv422', 1, 2, 29, 255, 76, 85)).toEqual([
      rgb('yuv422', 2, 1, 29, 255, 29, 128)[0],
      rgb('yuv422', 2, 1, 76, 85, 76, 128)[0],
    ]);
    expect(rgb('yvu422', 1, 1, 76, 255)).toEqual([rgb('yvu422', 2, 1, 76, 255, 76, 128)[0]]);
  });
});

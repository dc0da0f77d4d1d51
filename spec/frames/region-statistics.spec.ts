import { regionStatistics } from '../../lib/frames/region-statistics.js';
import { random, randomBytes } from '../wire/random.js';

describe('regionStatistics', () => {
  it('matches values computed by hand', () => {
    // Mean 5, squared distances 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, of 8: a variance of 4.
    const data = Uint8Array.of(2, 4, 4, 4, 5, 5, 7, 9);
    expect(regionStatistics({ width: 4, height: 2, format: 'grayscale', data })).toEqual({
      kind: 'grayscale',
      pixels: 8,
      gray: { mean: 5, min: 2, max: 9, deviation: 2 },
    });
  });

  it('measures each colour by itself, without alpha', () => {
    const data = Uint8ClampedArray.of(0, 10, 255, 1, 2, 10, 255, 99);
    expect(regionStatistics({ width: 1, height: 2, data })).toEqual({
      kind: 'rgb',
      pixels: 2,
      red: { mean: 1, min: 0, max: 2, deviation: 1 },
      green: { mean: 10, min: 10, max: 10, deviation: 0 },
      blue: { mean: 255, min: 255, max: 255, deviation: 0 },
    });
  });

  it.each([0, 77, 255])('has equal limits and no deviation if all pixels are %d', (value) => {
    const picture = { width: 3, height: 3, format: 'grayscale', data: new Uint8Array(9).fill(value) } as const;
    const gray = { mean: value, min: value, max: value, deviation: 0 };
    expect(regionStatistics(picture)).toEqual({ kind: 'grayscale', pixels: 9, gray });
  });

  it('measures only the region', () => {
    const data = Uint8Array.of(255, 255, 255, 255, 1, 3, 255, 5, 7);
    expect(
      regionStatistics({ width: 3, height: 3, format: 'grayscale', data }, { x: 1, y: 1, width: 9, height: 9 }),
    ).toMatchObject({ gray: { mean: (1 + 3 + 5 + 7) / 4, min: 1, max: 7 }, pixels: 4 });
  });

  it('agrees with the definition on a large picture', () => {
    const [width, height] = [320, 240];
    const data = randomBytes(random(320), width * height).map((byte) => byte >> 1);
    const mean = data.reduce((sum, byte) => sum + byte, 0) / data.length;
    const deviation = Math.sqrt(data.reduce((sum, byte) => sum + (byte - mean) ** 2, 0) / data.length);
    const statistics = regionStatistics({ width, height, format: 'grayscale', data });
    if (statistics.kind !== 'grayscale') throw new Error(statistics.kind);
    expect(statistics.gray.mean).toBeCloseTo(mean, 9);
    expect(statistics.gray.deviation).toBeCloseTo(deviation, 9);
    expect([statistics.gray.min, statistics.gray.max]).toEqual([0, 127]);
  });
});

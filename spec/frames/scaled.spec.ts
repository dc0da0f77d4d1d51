import { scaled } from '../../lib/frames/encode-pixels.js';

describe('a scaled picture', () => {
  const row = (...pixels: number[]) => Uint8Array.from(pixels.flatMap((value) => [value, value + 1, value + 2, 255]));

  it('has the nearest pixel of the other', () => {
    expect(scaled(row(10, 20, 30, 40), { width: 4, height: 1 }, { width: 2, height: 1 })).toEqual(row(10, 30));
    expect(scaled(row(10, 20, 30, 40), { width: 2, height: 2 }, { width: 3, height: 1 })).toEqual(row(10, 10, 20));
  });

  it('is the same where the size is', () => {
    const rgba = row(1, 2);
    expect(scaled(rgba, { width: 2, height: 1 }, { width: 2, height: 1 })).toBe(rgba);
  });
});

import { formatName, formatWord, pictureBytes } from '../../lib/frames/pixel-format.js';
import { PixelFormat } from '../../lib/wire/payloads/index.js';

describe('formatName', () => {
  it('returns the name of each format of the protocol', () => {
    const names = Object.entries(PixelFormat).map(([name, word]) => [name.toLowerCase().replace('_', '-'), word]);
    for (const [name, word] of names) expect(formatName(word as number)).toBe(name);
    expect(names).toHaveLength(12);
  });

  it.each([0, 0x08020000, 0x0c030001, 0xffffffff])('returns "unknown" for any other word: %d', (word) => {
    expect(formatName(word)).toBe('unknown');
  });
});

describe('formatWord', () => {
  it('returns the word of a name', () => {
    const words = Object.values(PixelFormat);
    expect(words.map((word) => formatWord(formatName(word)))).toEqual(words);
  });

  it('returns an unused word for an unknown format', () => {
    expect(formatName(formatWord('unknown'))).toBe('unknown');
  });
});

describe('pictureBytes', () => {
  it.each([
    [1, 4],
    [31, 4],
    [32, 4],
    [33, 8],
    [64, 8],
    [65, 12],
  ])('pads a row of %d binary pixels to %d bytes', (width, row) => {
    expect([1, 2, 7].map((height) => pictureBytes('binary', width, height))).toEqual([row, 2 * row, 7 * row]);
  });

  it('has no size for compressed pictures', () => {
    expect((['jpeg', 'png', 'unknown'] as const).map((format) => pictureBytes(format, 2, 2))).toEqual(
      Array(3).fill(undefined),
    );
  });
});

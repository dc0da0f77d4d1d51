import { digitCells } from '../../lib/device/digits.js';
import { testPattern } from '../../lib/device/test-pattern.js';

/** A number as it looks: a character a cell. */
function drawn(digits: string): string[] {
  const { columns, rows, cells } = digitCells(digits);
  const picture = Array.from({ length: rows }, () => Array<string>(columns).fill(' '));
  for (const { column, row } of cells) picture[row]![column] = '#';
  return picture.map((line) => line.join('').trimEnd());
}

describe('the test pattern', () => {
  it('has legible digits', () => {
    expect(drawn('0123456789')).toEqual([
      '###  #  ### ### # # ### ### ### ### ###',
      '# # ##    #   # # # #   #     # # # # #',
      '# #  #  ### ### ### ### ###   # ### ###',
      '# #  #  #     #   #   # # #   # # #   #',
      '### ### ### ###   # ### ###   # ### ###',
    ]);
  });

  it('differs from frame to frame, and is opaque', () => {
    const [one, two] = [testPattern(1, 64, 48), testPattern(2, 64, 48)];
    expect(one).toHaveLength(4 * 64 * 48);
    expect(one).not.toEqual(two);
    expect(one.filter((_, at) => at % 4 === 3).every((alpha) => alpha === 0xff)).toBe(true);
  });

  it.each([
    [1, 1],
    [7, 3],
    [3, 50],
  ])('can be drawn in %d × %d pixels', (width, height) => {
    expect(testPattern(123_456, width, height)).toHaveLength(4 * width * height);
  });
});

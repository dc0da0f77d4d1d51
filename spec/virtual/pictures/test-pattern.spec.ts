import { digitCells } from '../../../lib/virtual/pictures/test-pattern.js';
import { CYCLE_FRAMES, testPattern } from '../../../lib/virtual/pictures/test-pattern.js';

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

  it('comes again after a cycle, and every picture of it is another', () => {
    const cycle = Array.from({ length: CYCLE_FRAMES }, (_, index) => testPattern(index, 64, 48));
    expect(new Set(cycle.map((picture) => picture.join())).size).toBe(CYCLE_FRAMES);
    expect(testPattern(5 * CYCLE_FRAMES + 3, 64, 48)).toEqual(cycle[3]);
  });

  it('has a scene for each sensor, and a fourth sees what the first does', () => {
    const scene = (sensor: number) => testPattern(1, 64, 48, { sensor, exposure: 1 }).join();
    expect(new Set([0, 1, 2].map(scene)).size).toBe(3);
    expect(scene(3)).toBe(scene(0));
  });

  it('is black without light, and never brighter than white', () => {
    const lit = (exposure: number) => testPattern(1, 64, 48, { sensor: 0, exposure }).filter((_, at) => at % 4 !== 3);
    expect(Math.max(...lit(0))).toBe(0);
    expect(Math.max(...lit(8))).toBe(255);
    const row = testPattern(10, 160, 1, { sensor: 0, exposure: 0.5 });
    expect(Array.from(row.subarray(0, 4))).toEqual([118, 118, 118, 255]);
  });

  it.each([
    [1, 1],
    [7, 3],
    [3, 50],
  ])('can be drawn in %d × %d pixels', (width, height) => {
    expect(testPattern(123_456, width, height)).toHaveLength(4 * width * height);
  });
});

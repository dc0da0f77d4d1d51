import { layoutArgument, recordLine } from '../../../lib/cli/arguments/layout.js';

/** What Python's `struct.pack('<Q2fb', 2**60, 0.1, -2.5, -3)` gives. */
const PACKED = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 16, 0xcd, 0xcc, 0xcc, 0x3d, 0, 0, 0x20, 0xc0, 0xfd);

describe("a layout in Python's struct letters", () => {
  it('decodes numbers, and prints each as short as its precision allows', () => {
    expect(layoutArgument('<Q2fb').records(PACKED, 'imu')).toEqual([['1152921504606846976', 0.1, -2.5, -3]]);
  });

  it('decodes consecutive records', () => {
    expect(layoutArgument('<bB').records(Uint8Array.of(255, 255, 1, 2), 'imu')).toEqual([
      [-1, 255],
      [1, 2],
    ]);
    expect(layoutArgument('<H').records(new Uint8Array(0), 'imu')).toEqual([]);
  });

  it.each([
    ['>H', [1, 2], [258]],
    ['!H', [1, 2], [258]],
    ['<H', [1, 2], [513]],
    ['=H', [1, 2], [513]],
    ['<2x?B', [9, 9, 1, 7], [true, 7]],
    ['<4sB', [65, 66, 0, 0, 7], ['AB', 7]],
    ['< h 2b', [1, 0, 2, 3], [1, 2, 3]],
    ['<f', [0, 0, 0xc0, 0x7f], ['NaN']],
    ['<d', [0, 0, 0, 0, 0, 0, 0xf0, 0x3f], [1]],
    ['<f', [0xdb, 0x0f, 0x49, 0x40], [3.1415927]],
  ])('%s of %j is %j', (letters, bytes, values) => {
    expect(layoutArgument(letters).records(Uint8Array.from(bytes), 'imu')).toEqual([values]);
  });

  it('refuses an incomplete record', () => {
    expect(() => layoutArgument('<I').records(Uint8Array.of(1, 2, 3), 'imu')).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: "channel 'imu' holds 3 bytes, but a record of <I has 4: use the layout that its script packs",
      }) as Error,
    );
  });

  it('prints a record as a line, and quotes a text with spaces', () => {
    expect(recordLine([1, -0.5, true, 'on', 'two words', ''])).toBe('1 -0.5 true on "two words" ""');
  });

  it.each(['', 'Q6f', '@Q6f', '<', '<Z', '<e', '<2', '<2x', '<0B', '<99999999B'])('refuses %j', (letters) => {
    expect(() => layoutArgument(letters)).toThrow(
      expect.objectContaining({ code: 'commander.invalidArgument' }) as Error,
    );
  });
});

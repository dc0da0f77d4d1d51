import { boardOf } from '../lib/boards.js';

describe('boardOf', () => {
  it('knows cameras by the ids that systems write in either case', () => {
    expect(boardOf('37C5', '1204')).toEqual({ board: 'OpenMV Cam H7', bootloader: false });
    expect(boardOf('37c5', '124a')).toEqual(boardOf('37C5', '124A'));
    expect(boardOf('2341', '0466')).toEqual({ board: 'Arduino Giga', bootloader: false });
  });

  it('marks a bootloader', () => {
    expect(boardOf('37C5', '96E3')).toEqual({ board: 'OpenMV AE3', bootloader: true });
  });

  it('does not take other boards for cameras', () => {
    expect(boardOf('2341', '0043')).toBeUndefined();
    expect(boardOf('1202', '37c5')).toBeUndefined();
    expect(boardOf(undefined, '1204')).toBeUndefined();
  });
});

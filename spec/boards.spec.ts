import { boardOf, CAMERA_USB_IDS } from '../lib/boards.js';

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

describe('CAMERA_USB_IDS', () => {
  it('are those of all boards that are not in their bootloader', () => {
    const hex = (id: number): string => id.toString(16).padStart(4, '0');
    for (const { vendorId, productId } of CAMERA_USB_IDS)
      expect(boardOf(hex(vendorId), hex(productId))).toMatchObject({ bootloader: false });
    expect(CAMERA_USB_IDS).toHaveLength(12); // PROTOCOL 12
    expect(CAMERA_USB_IDS).toContainEqual({ vendorId: 0x37c5, productId: 0x16e3 });
  });
});

import { isOpenMVError } from '../../lib/errors.js';
import type { Frame } from '../../lib/frames/frame.js';
import { pictureOf, type PictureReading } from '../../lib/frames/picture-of.js';

function picture(reading: Partial<PictureReading>): Frame {
  const bytes = new Uint8Array();
  return pictureOf({ bytes, shape: [], format: undefined, name: 'camera2', index: 3, receivedAt: 40, ...reading });
}

/** With the header of the stream (PROTOCOL 8). */
function headed(width: number, height: number, word: number, size: number, pixels: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(32 + pixels).fill(9);
  bytes.set(new Uint8Array(Uint32Array.of(width, height, word, size, 32, 0, 0, 0).buffer));
  return bytes;
}

describe('a picture from a channel', () => {
  it("is described by the stream's header if it begins with one, whatever its shape", () => {
    const frame = picture({ bytes: headed(3, 2, 0x0c030002, 2, 12), shape: [1, 1] });
    expect(frame).toMatchObject({ width: 3, height: 2, format: 'rgb565', index: 3, receivedAt: 40 });
    expect(frame.data).toEqual(new Uint8Array(12).fill(9));
  });

  it.each([
    [6, 'grayscale'],
    [12, 'rgb565'],
    [24, 'argb8'],
  ])('of %d bytes for 3 × 2 pixels is %s', (length, format) => {
    expect(picture({ bytes: new Uint8Array(length), shape: [2, 3] })).toMatchObject({ width: 3, height: 2, format });
  });

  it.each([
    ['jpeg', [0xff, 0xd8, 0xff, 0xe0]],
    ['png', [0x89, 0x50, 0x4e, 0x47]],
  ])('is recognised as %s by its first bytes, and all bytes are its data', (format, bytes) => {
    const frame = picture({ bytes: Uint8Array.from([...bytes, 1, 2, 3]), shape: [480, 640, 3] });
    expect(frame).toMatchObject({ width: 640, height: 480, format });
    expect(frame.data).toHaveLength(7);
  });

  it('has the format that the caller names, without the bytes after its pixels', () => {
    const frame = picture({ bytes: new Uint8Array(10), shape: [2, 3], format: 'bayer-rggb' });
    expect(frame).toMatchObject({ width: 3, height: 2, format: 'bayer-rggb' });
    expect(frame.data).toHaveLength(6);
    expect(picture({ bytes: headed(3, 2, 0x0c030002, 2, 12), shape: [4, 11], format: 'grayscale' }).width).toBe(11);
  });

  it.each<[string, Partial<PictureReading>]>([
    ['nothing', {}],
    ['no shape', { bytes: new Uint8Array(6) }],
    ['bytes that fill no pixel', { bytes: new Uint8Array(7), shape: [2, 3] }],
    ['a shape of nothing', { bytes: new Uint8Array(6), shape: [0, 3] }],
    ['fewer bytes than its format takes', { bytes: new Uint8Array(11), shape: [2, 3], format: 'rgb565' }],
    ['a header that claims more than there is', { bytes: headed(100, 100, 0x0c030002, 2, 12) }],
    ['a header of a format that is not known', { bytes: headed(3, 2, 0x01020304, 2, 12) }],
    ['a shape beyond all numbers', { bytes: new Uint8Array(6), shape: [0xffff_ffff, 0xffff_ffff], format: 'argb8' }],
  ])('is MALFORMED, and the error names the channel, if it is %s', (_, reading) => {
    let error: unknown;
    try {
      picture(reading);
    } catch (thrown) {
      error = thrown;
    }
    expect(isOpenMVError(error, 'MALFORMED')).toBe(true);
    expect((error as Error).message).toContain("'camera2'");
  });
});

import { frameNumber } from '../../../lib/virtual/index.js';
import { withFrameNumber } from '../../../lib/virtual/pictures/frame-number.js';
import { bytes } from '../../device/support.js';

describe('the number of a frame', () => {
  const jpeg = bytes('ffd8ffe00004aabbffda0002');

  it('is read as it was written', () => {
    expect(frameNumber(withFrameNumber(jpeg, 0))).toBe(0);
    expect(frameNumber(withFrameNumber(jpeg, 1_234_567))).toBe(1_234_567);
  });

  it('is found behind other segments', () => {
    const comment = withFrameNumber(bytes('ffd8'), 7).subarray(2);
    expect(frameNumber(Uint8Array.of(...jpeg.subarray(0, 8), ...comment))).toBe(7);
  });

  it.each([
    ['no comment', 'ffd8ffe00004aabbffda0002'],
    ['another comment', 'ffd8fffe00046869'],
    ['a comment in the picture data only', 'ffd8ffda0002fffe00096672616d652037'],
    ['bytes that are no JPEG', '00112233445566778899'],
    ['a torn segment', 'ffd8fffe'],
    ['nothing', ''],
  ])('is missing in %s', (_, hex) => {
    expect(frameNumber(bytes(hex))).toBeUndefined();
  });
});

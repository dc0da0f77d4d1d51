import { inflateSync } from 'node:zlib';
import crc32 from 'crc/calculators/crc32';
import { encodePng } from '../../../lib/virtual/pictures/encode-png.js';
import { random, randomBytes } from '../../wire/random.js';

/** The chunks of a PNG file; what a decoder that is not ours says of it, is checked on the way. */
function chunksOf(file: Uint8Array): Map<string, Buffer> {
  const png = Buffer.from(file);
  expect(png.subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length;) {
    const end = at + 8 + png.readUInt32BE(at);
    expect(png.readInt32BE(end)).toBe(crc32(png.subarray(at + 4, end)));
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, end));
    at = end + 4;
  }
  return chunks;
}

describe('a PNG', () => {
  it('says what it is, and ends', () => {
    const chunks = chunksOf(encodePng(new Uint8Array(4 * 3 * 2), { width: 3, height: 2 }));
    expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect([...chunks.get('IHDR')!]).toEqual([0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0]);
    expect(chunks.get('IEND')).toHaveLength(0);
  });

  it.each([
    [1, 1],
    [3, 2],
    // A block of what is stored holds 65535 bytes.
    [21844, 1],
    [21845, 1],
    [160, 120],
    [320, 240],
  ])('holds the colours of %d × %d pixels as they were', (width, height) => {
    const rgba = randomBytes(random(width), 4 * width * height);
    const rows = inflateSync(chunksOf(encodePng(rgba, { width, height })).get('IDAT')!);
    const expected = Array.from({ length: height }, (_, y) => [
      0,
      ...rgba.subarray(4 * width * y, 4 * width * (y + 1)).filter((_part, at) => at % 4 !== 3),
    ]).flat();
    expect(Buffer.compare(rows, Uint8Array.from(expected))).toBe(0);
  });
});

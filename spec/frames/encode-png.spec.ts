import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { encodePng } from '../../lib/frames/encode-png.js';
import { encodeStoredPng, storedPngBytes } from '../../lib/virtual/pictures/stored-png.js';
import { random, randomBytes } from '../wire/random.js';

/** The chunks of a PNG file, whose CRCs are checked by Node's zlib. */
function chunksOf(file: Uint8Array): Map<string, Buffer> {
  const png = Buffer.from(file);
  expect(png.subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length;) {
    const end = at + 8 + png.readUInt32BE(at);
    expect(png.readUInt32BE(end)).toBe(crc32(png.subarray(at + 4, end)));
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, end));
    at = end + 4;
  }
  return chunks;
}

describe('a PNG', () => {
  it('contains its size and color type, and an end chunk', () => {
    const chunks = chunksOf(encodeStoredPng(new Uint8Array(4 * 3 * 2), { width: 3, height: 2 }));
    expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect([...chunks.get('IHDR')!]).toEqual([0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0]);
    expect(chunks.get('IEND')).toHaveLength(0);
  });

  it.each([
    [1, 1],
    [3, 2],
    // A stored block holds 65535 bytes. The fifth picture fills blocks exactly.
    [21844, 1],
    [21845, 1],
    [428, 51],
    [160, 120],
    [320, 240],
  ])('stores the colours of %d × %d pixels, in as many bytes as it claims', (width, height) => {
    const rgba = randomBytes(random(width), 4 * width * height);
    const file = encodeStoredPng(rgba, { width, height });
    expect(file).toHaveLength(storedPngBytes({ width, height }));
    const rows = inflateSync(chunksOf(file).get('IDAT')!);
    const expected = Array.from({ length: height }, (_, y) => [
      0,
      ...rgba.subarray(4 * width * y, 4 * width * (y + 1)).filter((_part, at) => at % 4 !== 3),
    ]).flat();
    expect(Buffer.compare(rows, Uint8Array.from(expected))).toBe(0);
  });

  it('can keep alpha and compress', () => {
    const rgba = randomBytes(random(1), 4 * 3 * 2);
    const chunks = chunksOf(encodePng(rgba, { width: 3, height: 2, channels: 4, zlib: deflateSync }));
    expect([...chunks.get('IHDR')!.subarray(8)]).toEqual([8, 6, 0, 0, 0]);
    expect([...inflateSync(chunks.get('IDAT')!)]).toEqual([0, ...rgba.subarray(0, 12), 0, ...rgba.subarray(12)]);
  });
});

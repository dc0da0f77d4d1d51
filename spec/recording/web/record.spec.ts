import { crc32 as crc32OfNode } from 'node:zlib';
import fc from 'fast-check';
import { crc32 } from '../../../lib/recording/web/record.js';

describe('the CRC-32 of recordings in pages', () => {
  it('equals that of zlib, also in parts', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (front, rest) => {
        expect(crc32(rest, crc32(front))).toBe(crc32OfNode(Buffer.concat([front, rest])));
      }),
    );
  });

  it('continues from a CRC of 0', () => {
    const front = Uint8Array.of(0x9d, 0x0a, 0xd9, 0x6d);
    expect(crc32(front)).toBe(0);
    expect(crc32(Uint8Array.of(1, 2, 3), 0)).toBe(crc32OfNode(Buffer.of(...front, 1, 2, 3)));
  });
});

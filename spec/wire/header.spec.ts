import { encodePacket } from '../../lib/wire/encoder.js';
import { bodyBytes, findSync, parseHeader, word32 } from '../../lib/wire/packet.js';
import { HEADER_BYTES } from '../../lib/wire/packet.js';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('parseHeader', () => {
  const packet = encodePacket({ sequence: 1, channel: 2, flags: 0xc8, opcode: 0x26, payload: new Uint8Array(0x1234) });

  it('parses each field, including reserved flags', () => {
    const header = { sequence: 1, channel: 2, flags: 0xc8, opcode: 0x26, length: 0x1234 };
    expect(parseHeader(packet, 0)).toEqual(header);
    expect(parseHeader(bytes(9, 9, 9, ...packet.subarray(0, 10)), 3)).toEqual(header);
  });

  it('finds no header if any bit is wrong', () => {
    for (let bit = 0; bit < 80; bit++) {
      const damaged = packet.slice(0, 10);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect([bit, parseHeader(damaged, 0)]).toEqual([bit, undefined]);
    }
  });
});

describe('findSync', () => {
  it.each([
    ['nothing', bytes(), 0, -1],
    ['no sync byte', bytes(1, 2, 0xd5), 0, -1],
    ['a sync word at the beginning', bytes(0xaa, 0xd5, 1), 0, 0],
    ['a sync word at the end', bytes(1, 2, 0xaa, 0xd5), 0, 2],
    ['a first sync byte that ends the bytes', bytes(1, 2, 0xaa), 0, 2],
    ['a first sync byte before something else', bytes(0xaa, 1, 2), 0, -1],
    ['first sync bytes in a row', bytes(0xaa, 0xaa, 0xaa, 0xd5), 0, 2],
    ['a sync word before the place that is asked for', bytes(0xaa, 0xd5, 1, 0xaa, 0xd5), 1, 3],
    ['a sync word just at that place', bytes(0, 0xaa, 0xd5), 1, 1],
    ['a place behind the end', bytes(0xaa, 0xd5), 2, -1],
  ])('handles %s', (_, data, from, at) => {
    expect(findSync(data, from)).toBe(at);
  });
});

describe('the sizes of a packet', () => {
  it('include a payload CRC only if there is a payload (PROTOCOL 1)', () => {
    expect([0, 1, 4082].map(bodyBytes)).toEqual([0, 5, 4086]);
  });

  it('match the encoder', () => {
    for (const length of [0, 1, 50, 4082]) {
      expect(HEADER_BYTES + bodyBytes(length)).toBe(
        encodePacket({ opcode: 1, payload: new Uint8Array(length) }).length,
      );
    }
  });
});

describe('word32', () => {
  it('is little-endian and never negative', () => {
    expect(word32(bytes(0, 1, 2, 3, 4), 1)).toBe(0x04030201);
    expect(word32(bytes(0xff, 0xff, 0xff, 0xff), 0)).toBe(0xffffffff);
  });
});

import { encodePacket } from '../../lib/wire/encoder.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { expected, receivedWhole, recordings } from './recorded.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('encodePacket', () => {
  it('encodes the SYNC of the protocol', () => {
    expect(hex(encodePacket({ opcode: Opcode.PROTO_SYNC }))).toBe('aad5000000000000b0ac');
  });

  it('writes each field in its place, little-endian, and a CRC after header and payload', () => {
    const payload = Uint8Array.from('123456789', (char) => char.charCodeAt(0));
    const bytes = encodePacket({ sequence: 1, channel: 2, flags: 3, opcode: 4, payload });
    expect(hex(bytes.subarray(0, 8))).toBe('aad5010203040900');
    expect(hex(bytes.subarray(10))).toBe(`${hex(payload)}d303b441`);
    expect(bytes).toHaveLength(23);
  });

  it('writes no payload CRC without a payload', () => {
    expect(encodePacket({ opcode: 1, payload: new Uint8Array(0) })).toEqual(encodePacket({ opcode: 1 }));
    expect(encodePacket({ opcode: 1 })).toHaveLength(10);
  });

  it('copies the payload, so that the caller may change it afterwards', () => {
    const payload = Uint8Array.of(1, 2, 3);
    const bytes = encodePacket({ opcode: 1, payload });
    payload.fill(9);
    expect(Array.from(bytes.subarray(10, 13))).toEqual([1, 2, 3]);
  });

  it('accepts the largest values that fit', () => {
    const payload = new Uint8Array(65535);
    const bytes = encodePacket({ sequence: 255, channel: 255, flags: 255, opcode: 255, payload });
    expect(hex(bytes.subarray(0, 8))).toBe('aad5ffffffffffff');
    expect(bytes).toHaveLength(65535 + 14);
  });

  it.each(['sequence', 'channel', 'flags', 'opcode'])('throws INVALID_ARGUMENT for a bad %s', (field) => {
    for (const value of [-1, 256, 1.5, NaN, Infinity]) {
      const encode = () => encodePacket({ opcode: 0, [field]: value });
      expect(encode).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
      expect(encode).toThrow(`the ${field} of a packet must be a whole number, from 0 to 255, not ${value}`);
    }
  });

  it('throws INVALID_ARGUMENT for a payload that is too long for the length field', () => {
    const encode = () => encodePacket({ opcode: 0, payload: new Uint8Array(65536) });
    expect(encode).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });

  it.each(recordings)('encodes the recorded packets to the recorded bytes: %s, %s', (name, side) => {
    const bytes = receivedWhole(name, side);
    const recorded = Buffer.from(bytes);
    let at = 0;
    const places = expected(name, side).packets.map(({ sequence, channel, flags, opcode, length }) => {
      const first = Uint8Array.of(0xaa, 0xd5, sequence, channel, flags, opcode, length & 0xff, length >> 8);
      // A damaged copy may stand before the intact packet.
      for (at = recorded.indexOf(first, at); at >= 0; at = recorded.indexOf(first, at + 1)) {
        const again = encodePacket({
          sequence,
          channel,
          flags,
          opcode,
          payload: bytes.slice(at + 10, at + 10 + length),
        });
        if (recorded.subarray(at, at + again.length).equals(again)) {
          at += again.length;
          return at;
        }
      }
      return -1;
    });
    expect(places.length).toBeGreaterThan(0);
    expect(places).not.toContain(-1);
    // Undamaged bytes are packets and nothing else.
    if (name !== 'loss' || side === 'host') expect(at).toBe(bytes.length);
  });
});

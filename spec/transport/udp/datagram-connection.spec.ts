import fc from 'fast-check';
import { acknowledgement } from '../../../lib/operators/acknowledge.js';
import { datagramsOf } from '../../../lib/transport/udp/datagram-connection.js';
import { encodePacket } from '../../../lib/wire/encoder.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import { pattern } from '../../contracts/far-end.js';

const sync = encodePacket({ opcode: Opcode.PROTO_SYNC });
const write = encodePacket({ opcode: Opcode.CHANNEL_WRITE, payload: pattern(300) });
const joined = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(parts));
const plain = (datagrams: Uint8Array[]): number[][] => datagrams.map((datagram) => [...datagram]);

describe('the datagrams of a write', () => {
  it('are one for a packet', () => {
    expect(plain(datagramsOf(sync))).toEqual([[...sync]]);
    expect(plain(datagramsOf(write))).toEqual([[...write]]);
  });

  it('are one for each packet, with and without payload', () => {
    expect(plain(datagramsOf(joined(write, sync, write)))).toEqual(plain([write, sync, write]));
  });

  it('are one for each ACK before a command', () => {
    const ack = acknowledgement({ sequence: 7, channel: 3, opcode: Opcode.CHANNEL_READ, flags: 0 });
    expect(datagramsOf(joined(ack, ack, write)).map(({ length }) => length)).toEqual([10, 10, write.length]);
  });

  it.each([
    ['no packet', pattern(40)],
    ['less than a header', sync.subarray(0, 9)],
    ['a packet without its end', write.subarray(0, 200)],
  ])('are one for %s', (_, bytes) => {
    expect(plain(datagramsOf(bytes))).toEqual([[...bytes]]);
  });

  it('are an extra one for bytes after a packet that are no packet', () => {
    expect(plain(datagramsOf(joined(sync, pattern(5))))).toEqual(plain([sync, pattern(5)]));
    expect(plain(datagramsOf(joined(sync, sync.subarray(0, 4))))).toEqual(plain([sync, sync.subarray(0, 4)]));
  });

  it('are none for an empty write', () => {
    expect(datagramsOf(new Uint8Array())).toEqual([]);
  });

  it('contain all bytes of any write, in order', () => {
    const part = fc.oneof(fc.uint8Array({ maxLength: 50 }), fc.constantFrom(sync, write, write.subarray(0, 20)));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const bytes = joined(...parts);
        const datagrams = datagramsOf(bytes);
        expect(joined(...datagrams)).toEqual(bytes);
        expect(datagrams.every(({ length }) => length > 0)).toBe(true);
      }),
    );
  });
});

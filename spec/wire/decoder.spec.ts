import { Decoder } from '../../lib/wire/decoder.js';
import { encodePacket } from '../../lib/wire/encoder.js';
import { isPacket, type Packet } from '../../lib/wire/packet.js';
import {
  bare,
  byteByByte,
  bytes,
  concat,
  decoded,
  encoded,
  hex,
  hexes,
  one,
  packetsOf,
  rejects,
  two,
} from './decoded.js';
import { cutAtRandom, random, randomBytes } from './random.js';

describe('Decoder, on intact packets', () => {
  it('returns nothing before a packet is complete', () => {
    for (const packet of [one, bare]) {
      const decoder = new Decoder();
      const last = packet.length - 1;
      for (const byte of packet.subarray(0, last)) expect(decoder.push(bytes(byte))).toEqual([]);
      expect(encoded(decoder.push(packet.subarray(last)))).toEqual(hexes(packet));
    }
  });

  it('returns nothing for no bytes', () => {
    expect(decoded([bytes(), bytes()])).toEqual([]);
  });

  it('returns each field as it was sent', () => {
    const packet: Packet = { kind: 'packet', sequence: 9, channel: 8, flags: 0xff, opcode: 7, payload: bytes(1, 2) };
    expect(decoded([encodePacket(packet)])).toEqual([packet]);
  });

  it('finds two packets, split at every place', () => {
    for (const pair of [concat(one, two), concat(bare, two), concat(one, bare)]) {
      for (let cut = 0; cut <= pair.length; cut++) {
        const units = decoded([pair.subarray(0, cut), pair.subarray(cut)]);
        expect([cut, rejects(units), hex(Buffer.from(encoded(units).join(''), 'hex'))]).toEqual([cut, [], hex(pair)]);
      }
    }
  });

  it('finds two packets, split at every two places', () => {
    const pair = concat(one, bare);
    for (let first = 0; first <= pair.length; first++) {
      for (let second = first; second <= pair.length; second++) {
        const units = decoded([pair.slice(0, first), pair.slice(first, second), pair.slice(second)]);
        expect([first, second, rejects(units), encoded(units)]).toEqual([first, second, [], hexes(one, bare)]);
      }
    }
  });

  it('does not look for packets inside an intact payload', () => {
    const outer = encodePacket({ sequence: 5, opcode: 0x26, payload: concat(one, bare) });
    expect(encoded(decoded([outer]))).toEqual(hexes(outer));
    expect(encoded(decoded(byteByByte(outer)))).toEqual(hexes(outer));
  });
});

describe('Decoder, on a packet that claims more than the limit', () => {
  const numbers = random(65535);
  const long = encodePacket({ sequence: 6, channel: 2, opcode: 0x26, payload: new Uint8Array(51) });

  it('rejects the packet at its header, without waiting for the rest', () => {
    const units = decoded([long.subarray(0, 10)], { maxPayload: 50 });
    expect(units).toEqual([
      {
        kind: 'discarded',
        reason: 'too-long',
        bytes: 10,
        header: { sequence: 6, channel: 2, flags: 0, opcode: 0x26, length: 51 },
      },
    ]);
  });

  it('finds the next packet, even inside the claimed payload', () => {
    expect(encoded(decoded([concat(long.subarray(0, 20), one)], { maxPayload: 50 }))).toEqual(hexes(one));
    expect(encoded(decoded([concat(long, one)], { maxPayload: 50 }))).toEqual(hexes(one));
  });

  it('accepts a packet of exactly the limit', () => {
    expect(encoded(decoded([long], { maxPayload: 51 }))).toEqual(hexes(long));
  });

  it('accepts 8178 bytes by default, and not one more', () => {
    const largest = encodePacket({ opcode: 1, payload: new Uint8Array(8178) });
    expect(encoded(decoded([largest]))).toEqual(hexes(largest));
    const larger = encodePacket({ opcode: 1, payload: new Uint8Array(8179) });
    expect(rejects(decoded([larger]))[0]).toEqual(['too-long', 10]);
  });

  it('accepts the largest possible packet if the limit allows it', () => {
    const largest = encodePacket({ opcode: 1, payload: randomBytes(numbers, 65535) });
    for (const chunks of [[largest], cutAtRandom(largest, numbers, 3000)]) {
      expect(encoded(decoded(chunks, { maxPayload: 65535 }))).toEqual(hexes(largest));
    }
  });
});

describe('Decoder, on memory', () => {
  it('shares the buffer of a chunk that contains the whole payload', () => {
    const chunk = concat(one, two);
    const [first, second] = packetsOf(decoded([chunk]));
    expect(first!.payload.buffer === chunk.buffer).toBe(true);
    expect(first!.payload.byteOffset).toBe(10);
    expect(second!.payload.buffer === chunk.buffer).toBe(true);
  });

  it('copies a payload that spans several chunks, so that the chunks can be freed', () => {
    const chunks = [one.slice(0, 10), one.slice(10, 20), one.slice(20)];
    const [packet] = packetsOf(decoded(chunks));
    for (const chunk of chunks) chunk.fill(0);
    expect(hex(packet!.payload)).toBe(hex(one.subarray(10, 22)));
  });

  it('keeps no chunk alive for a packet without a payload', () => {
    const chunk = concat(bare, one);
    const [packet] = packetsOf(decoded([chunk]));
    expect(packet!.payload.buffer === chunk.buffer).toBe(false);
    expect(packet!.payload).toHaveLength(0);
  });

  it.each([5, 30, 700])(
    'never overwrites a payload that it returned: 64 KB many times, chunks of %d bytes',
    (largest) => {
      const numbers = random(largest);
      const decoder = new Decoder();
      const handed: { payload: Uint8Array; was: string }[] = [];
      let damaged = 0;
      for (let i = 0; i < 1500; i++) {
        const packet = encodePacket({ sequence: i & 0xff, opcode: 0x26, payload: randomBytes(numbers, i % 211) });
        // Some are damaged and some torn, for what they leave behind is written over.
        if (i % 7 === 0 && packet.length > 10) packet[10]! ^= 1;
        const sent = i % 11 === 0 ? packet.subarray(0, packet.length - 3) : packet;
        for (const chunk of cutAtRandom(sent, numbers, largest)) {
          for (const unit of decoder.push(chunk)) {
            if (isPacket(unit)) handed.push({ payload: unit.payload, was: hex(unit.payload) });
            else if (unit.reason === 'payload') damaged++;
          }
        }
      }
      expect(handed.length).toBeGreaterThan(1000);
      expect(damaged).toBeGreaterThan(100);
      expect(handed.filter(({ payload, was }) => hex(payload) !== was)).toEqual([]);
    },
  );

  it('places payloads that arrived in pieces next to each other, so that they can be joined without a copy', () => {
    const fragments = [one, two, one].flatMap((packet) => [packet.slice(0, 13), packet.slice(13)]);
    const payloads = packetsOf(decoded(fragments)).map(({ payload }) => payload);
    expect(new Set(payloads.map(({ buffer }) => buffer)).size).toBe(1);
    expect(payloads.map(({ byteOffset }) => byteOffset)).toEqual([0, 12, 21]);
  });
});

describe('Decoder, when it gives up the rest', () => {
  it('returns nothing if nothing is unfinished', () => {
    const decoder = new Decoder();
    expect(decoder.giveUp()).toEqual([]);
    decoder.push(one);
    expect(decoder.giveUp()).toEqual([]);
  });

  it('names the unfinished packet', () => {
    const decoder = new Decoder();
    decoder.push(one.subarray(0, 15));
    expect(decoder.giveUp()).toEqual([
      {
        kind: 'discarded',
        reason: 'incomplete',
        bytes: 10,
        header: { sequence: 1, channel: 3, flags: 8, opcode: 0x26, length: 12 },
      },
      { kind: 'discarded', reason: 'garbage', bytes: 5 },
    ]);
  });

  it('reports half a header as garbage', () => {
    const decoder = new Decoder();
    decoder.push(one.subarray(0, 9));
    expect(decoder.giveUp()).toEqual([{ kind: 'discarded', reason: 'garbage', bytes: 9 }]);
  });

  it('finds the packets among the bytes that arrived', () => {
    const decoder = new Decoder();
    const long = encodePacket({ sequence: 7, opcode: 0x26, payload: new Uint8Array(500) });
    decoder.push(concat(long.subarray(0, 20), one, long.subarray(0, 12), bare, two.subarray(0, 11)));
    const units = decoder.giveUp();
    expect(encoded(units)).toEqual(hexes(one, bare));
    expect(rejects(units)).toEqual([
      ['incomplete', 10],
      ['garbage', 10],
      ['incomplete', 10],
      ['garbage', 2],
      ['incomplete', 10],
      ['garbage', 1],
    ]);
  });

  it('continues as new, wherever it gave up', () => {
    for (let kept = 0; kept < one.length; kept++) {
      const decoder = new Decoder();
      decoder.push(one.subarray(0, kept));
      decoder.giveUp();
      // Not even the rest of what was given up is in the way.
      expect([kept, encoded(decoder.push(concat(one.subarray(kept), two)))]).toEqual([
        kept,
        kept === 0 ? hexes(one, two) : hexes(two),
      ]);
    }
  });
});

describe('Decoder, while CRCs are off', () => {
  /** As a device sends it that fills no CRCs. */
  const unfilled = (packet: Uint8Array): Uint8Array<ArrayBuffer> => {
    const copy = packet.slice();
    copy.fill(0, 8, 10);
    if (copy.length > 10) copy.fill(0, -4);
    return copy;
  };

  it('takes the bytes after a sync word for a packet, however they are split', () => {
    const sent = concat(unfilled(one), unfilled(bare), unfilled(two));
    for (let at = 0; at <= sent.length; at++) {
      const decoder = new Decoder({ crc: () => false });
      const out = [...decoder.push(sent.slice(0, at)), ...decoder.push(sent.slice(at))];
      expect(encoded(out)).toEqual(hexes(one, bare, two));
    }
  });

  it('asks for each packet whether CRCs are on', () => {
    let crc = true;
    const decoder = new Decoder({ crc: () => crc });
    expect(decoder.push(unfilled(bare)).filter(isPacket)).toEqual([]);
    decoder.giveUp();
    crc = false;
    expect(decoder.push(unfilled(bare)).filter(isPacket)).toHaveLength(1);
    crc = true;
    expect(decoder.push(unfilled(bare)).filter(isPacket)).toEqual([]);
  });

  it('still accepts no length over its limit', () => {
    const decoder = new Decoder({ crc: () => false, maxPayload: 3 });
    expect(decoder.push(unfilled(encodePacket({ opcode: 1, payload: bytes(1, 2, 3, 4) })))).toContainEqual(
      expect.objectContaining({ reason: 'too-long' }),
    );
  });
});

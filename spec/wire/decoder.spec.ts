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
  it('has nothing to say before a packet is whole', () => {
    for (const packet of [one, bare]) {
      const decoder = new Decoder();
      const last = packet.length - 1;
      for (const byte of packet.subarray(0, last)) expect(decoder.push(bytes(byte))).toEqual([]);
      expect(encoded(decoder.push(packet.subarray(last)))).toEqual(hexes(packet));
    }
  });

  it('finds nothing in no bytes', () => {
    expect(decoded([bytes(), bytes()])).toEqual([]);
  });

  it('hands over each field as it was sent', () => {
    const packet: Packet = { kind: 'packet', sequence: 9, channel: 8, flags: 0xff, opcode: 7, payload: bytes(1, 2) };
    expect(decoded([encodePacket(packet)])).toEqual([packet]);
  });

  it('finds a pair of packets, split at every place', () => {
    for (const pair of [concat(one, two), concat(bare, two), concat(one, bare)]) {
      for (let cut = 0; cut <= pair.length; cut++) {
        const units = decoded([pair.subarray(0, cut), pair.subarray(cut)]);
        expect([cut, rejects(units), hex(Buffer.from(encoded(units).join(''), 'hex'))]).toEqual([cut, [], hex(pair)]);
      }
    }
  });

  it('finds a pair of packets, split at every two places', () => {
    const pair = concat(one, bare);
    for (let first = 0; first <= pair.length; first++) {
      for (let second = first; second <= pair.length; second++) {
        const units = decoded([pair.slice(0, first), pair.slice(first, second), pair.slice(second)]);
        expect([first, second, rejects(units), encoded(units)]).toEqual([first, second, [], hexes(one, bare)]);
      }
    }
  });

  it('takes a payload that holds whole packets for a payload', () => {
    const outer = encodePacket({ sequence: 5, opcode: 0x26, payload: concat(one, bare) });
    expect(encoded(decoded([outer]))).toEqual(hexes(outer));
    expect(encoded(decoded(byteByByte(outer)))).toEqual(hexes(outer));
  });
});

describe('Decoder, on a packet that announces more than the limit', () => {
  const numbers = random(65535);
  const long = encodePacket({ sequence: 6, channel: 2, opcode: 0x26, payload: new Uint8Array(51) });

  it('rejects it at its header, without waiting for the rest', () => {
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

  it('finds the next packet, also inside of what was announced', () => {
    expect(encoded(decoded([concat(long.subarray(0, 20), one)], { maxPayload: 50 }))).toEqual(hexes(one));
    expect(encoded(decoded([concat(long, one)], { maxPayload: 50 }))).toEqual(hexes(one));
  });

  it('takes one that announces just the limit', () => {
    expect(encoded(decoded([long], { maxPayload: 51 }))).toEqual(hexes(long));
  });

  it('believes 8178 bytes by default, and not one more', () => {
    const largest = encodePacket({ opcode: 1, payload: new Uint8Array(8178) });
    expect(encoded(decoded([largest]))).toEqual(hexes(largest));
    const larger = encodePacket({ opcode: 1, payload: new Uint8Array(8179) });
    expect(rejects(decoded([larger]))[0]).toEqual(['too-long', 10]);
  });

  it('takes the largest packet there can be, where the limit allows it', () => {
    const largest = encodePacket({ opcode: 1, payload: randomBytes(numbers, 65535) });
    for (const chunks of [[largest], cutAtRandom(largest, numbers, 3000)]) {
      expect(encoded(decoded(chunks, { maxPayload: 65535 }))).toEqual(hexes(largest));
    }
  });
});

describe('Decoder, on memory', () => {
  it('shares the buffer of a chunk that a payload lies whole in', () => {
    const chunk = concat(one, two);
    const [first, second] = packetsOf(decoded([chunk]));
    expect(first!.payload.buffer === chunk.buffer).toBe(true);
    expect(first!.payload.byteOffset).toBe(10);
    expect(second!.payload.buffer === chunk.buffer).toBe(true);
  });

  it('copies a payload that lies over several chunks, so that they may go', () => {
    const chunks = [one.slice(0, 10), one.slice(10, 20), one.slice(20)];
    const [packet] = packetsOf(decoded(chunks));
    for (const chunk of chunks) chunk.fill(0);
    expect(hex(packet!.payload)).toBe(hex(one.subarray(10, 22)));
  });

  it('holds no chunk alive for a packet without a payload', () => {
    const chunk = concat(bare, one);
    const [packet] = packetsOf(decoded([chunk]));
    expect(packet!.payload.buffer === chunk.buffer).toBe(false);
    expect(packet!.payload).toHaveLength(0);
  });

  it.each([5, 30, 700])('never overwrites what it handed out: 64 KB many times over, chunks of %d bytes', (largest) => {
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
  });

  it('lays payloads that came in pieces back to back, so that they can be joined without a copy', () => {
    const fragments = [one, two, one].flatMap((packet) => [packet.slice(0, 13), packet.slice(13)]);
    const payloads = packetsOf(decoded(fragments)).map(({ payload }) => payload);
    expect(new Set(payloads.map(({ buffer }) => buffer)).size).toBe(1);
    expect(payloads.map(({ byteOffset }) => byteOffset)).toEqual([0, 12, 21]);
  });
});

describe('Decoder, when the rest is given up', () => {
  it('has nothing to say where nothing is unfinished', () => {
    const decoder = new Decoder();
    expect(decoder.giveUp()).toEqual([]);
    decoder.push(one);
    expect(decoder.giveUp()).toEqual([]);
  });

  it('names the packet that did not end', () => {
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

  it('calls half a header garbage', () => {
    const decoder = new Decoder();
    decoder.push(one.subarray(0, 9));
    expect(decoder.giveUp()).toEqual([{ kind: 'discarded', reason: 'garbage', bytes: 9 }]);
  });

  it('finds the packets among the bytes that did come', () => {
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

  it('goes on as new, wherever it was given up', () => {
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

  it('takes what stands behind sync bytes for a packet, however it is cut', () => {
    const sent = concat(unfilled(one), unfilled(bare), unfilled(two));
    for (let at = 0; at <= sent.length; at++) {
      const decoder = new Decoder({ crc: () => false });
      const out = [...decoder.push(sent.slice(0, at)), ...decoder.push(sent.slice(at))];
      expect(encoded(out)).toEqual(hexes(one, bare, two));
    }
  });

  it('asks for each packet anew', () => {
    let crc = true;
    const decoder = new Decoder({ crc: () => crc });
    expect(decoder.push(unfilled(bare)).filter(isPacket)).toEqual([]);
    decoder.giveUp();
    crc = false;
    expect(decoder.push(unfilled(bare)).filter(isPacket)).toHaveLength(1);
    crc = true;
    expect(decoder.push(unfilled(bare)).filter(isPacket)).toEqual([]);
  });

  it('still believes no length over its limit', () => {
    const decoder = new Decoder({ crc: () => false, maxPayload: 3 });
    expect(decoder.push(unfilled(encodePacket({ opcode: 1, payload: bytes(1, 2, 3, 4) })))).toContainEqual(
      expect.objectContaining({ reason: 'too-long' }),
    );
  });
});

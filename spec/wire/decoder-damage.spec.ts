import { Decoder, type Decoded } from '../../lib/wire/decoder.js';
import { encodePacket } from '../../lib/wire/encoder.js';
import { isPacket } from '../../lib/wire/packet.js';
import {
  bare,
  byteByByte,
  bytes,
  concat,
  decoded,
  discardedOf,
  encoded,
  hex,
  hexes,
  one,
  rejects,
  two,
} from './decoded.js';
import { random, randomBytes } from './random.js';

describe('Decoder, on garbage', () => {
  const garbage = [
    bytes(0),
    bytes(0xaa),
    bytes(0xd5),
    bytes(0xaa, 0xaa),
    bytes(0xaa, 0xd5),
    bytes(0xaa, 0xd5, 0xaa),
    bytes(0xaa, 0xd5, 0xaa, 0xd5, 0xaa, 0xd5, 0xaa, 0xd5, 0xaa, 0xd5, 0xaa),
    one.subarray(0, 9),
    concat(one.subarray(0, 8), bytes(0, 0), one.subarray(10)),
    Uint8Array.from('\r\nMPY: soft reboot\r\n', (char) => char.charCodeAt(0)),
  ];

  it.each(garbage.map((before) => [hex(before), before]))(
    'finds the packets after %s, split at every place',
    (_, b) => {
      const all = concat(b, one, b, two);
      for (let cut = 0; cut <= all.length; cut++) {
        const units = decoded([all.slice(0, cut), all.slice(cut)]);
        expect([cut, encoded(units)]).toEqual([cut, hexes(one, two)]);
      }
      expect(encoded(decoded(byteByByte(all)))).toEqual(hexes(one, two));
    },
  );

  it('reports how many bytes were between packets, and where', () => {
    const units = decoded([concat(bytes(1, 2, 3), one, bytes(4, 5), two)]);
    expect(units.map((unit) => (isPacket(unit) ? unit.sequence : [unit.reason, unit.bytes]))).toEqual([
      ['garbage', 3],
      1,
      ['garbage', 2],
      2,
    ]);
  });

  it('reports two sync bytes that began no header', () => {
    const bad = bytes(0xaa, 0xd5, 1, 2, 3, 4, 5, 6, 7, 8);
    expect(rejects(decoded([bad]))).toEqual([
      ['header', 2],
      ['garbage', 8],
    ]);
  });

  it.each([1, 2, 3])('continues after a million random bytes, in bounded memory: seed %d', (seed) => {
    const numbers = random(seed);
    const decoder = new Decoder();
    const kept = new Set<ArrayBufferLike>();
    let accounted = 0;
    const account = (units: readonly Decoded[]) => {
      for (const unit of units) {
        if (isPacket(unit)) kept.add(unit.payload.buffer);
        accounted += isPacket(unit) ? encodePacket(unit).length : unit.bytes;
      }
    };
    // With sync bytes more frequent than chance makes them, so that headers are tried some thousand times.
    for (let chunk = 0; chunk < 1000; chunk++) {
      const random1000 = randomBytes(numbers, 1000);
      for (let at = 0; at < 990; at += 97) random1000.set([0xaa, 0xd5], at);
      account(decoder.push(random1000));
      // What is not accounted for is held: one unfinished packet at most.
      expect(1000 * (chunk + 1) - accounted).toBeLessThanOrEqual(10 + 8178 + 4);
    }
    expect(kept.size).toBe(0);
    // A false header may be waiting for its payload; giving up, or as many bytes again, frees what it swallows.
    const more = Array.from({ length: Math.ceil(8192 / one.length) + 1 }, () => one);
    expect(encoded(more.flatMap((packet) => decoder.push(packet)))).toContain(hex(one));
    account(decoder.giveUp());
    expect(encoded(decoder.push(two))).toEqual(hexes(two));
  });
});

describe('Decoder, on damage', () => {
  const numbers = random(7);
  const chunkings = [(all: Uint8Array) => [all], byteByByte];

  it.each([
    ['whole', chunkings[0]!],
    ['byte by byte', chunkings[1]!],
  ])('never returns a wrong payload, and finds the next packet, wherever a byte is damaged: %s', (_, cut) => {
    for (let at = 0; at < one.length; at++) {
      for (const mask of [1, 0x80, 0xff, 1 + Math.floor(numbers() * 255)]) {
        const damaged = one.slice();
        damaged[at]! ^= mask;
        // The false length that a damaged header may announce is that of no packet here, so it need not be given up.
        const units = decoded(cut(concat(damaged, two)));
        expect([at, mask, encoded(units)]).toEqual([at, mask, hexes(two)]);
      }
    }
  });

  it('names the damaged packet if its header is intact', () => {
    const damaged = one.slice();
    damaged[15]! ^= 4;
    expect(decoded([concat(damaged, bare)])).toEqual([
      {
        kind: 'discarded',
        reason: 'payload',
        bytes: 10,
        header: { sequence: 1, channel: 3, flags: 8, opcode: 0x26, length: 12 },
      },
      { kind: 'discarded', reason: 'garbage', bytes: 16 },
      expect.objectContaining({ kind: 'packet', sequence: 3 }),
    ]);
  });

  it('finds the packet after one that lost any of its bytes', () => {
    const long = encodePacket({ sequence: 7, opcode: 0x26, payload: randomBytes(numbers, 40) });
    for (const cut of chunkings) {
      for (let from = 10; from < long.length; from++) {
        const torn = concat(long.subarray(0, from), long.subarray(from + 3));
        // What follows is long enough to fill the gap.
        const units = decoded(cut(concat(torn, one, two)));
        expect([from, encoded(units)]).toEqual([from, hexes(one, two)]);
      }
    }
  });

  it('finds the packets inside a payload that never ended', () => {
    const long = encodePacket({ sequence: 7, opcode: 0x26, payload: randomBytes(numbers, 100) });
    for (let kept = 10; kept < 40; kept++) {
      const torn = long.subarray(0, kept);
      const follow = concat(one, bare, two, one, two);
      for (const cut of chunkings) {
        const units = decoded(cut(concat(torn, follow)));
        expect([kept, encoded(units)]).toEqual([kept, hexes(one, bare, two, one, two)]);
      }
    }
  });

  it("finds the packet after headers inside each other's bodies", () => {
    // Each announces more than there is, and each body begins with the next header.
    const nested = Array.from({ length: 20 }, (_, i) => encodePacket({ opcode: i, payload: new Uint8Array(300) }));
    const headers = concat(...nested.map((packet) => packet.subarray(0, 10)));
    for (const cut of chunkings) {
      const units = decoded(cut(concat(headers, one, new Uint8Array(600))));
      expect(encoded(units)).toEqual(hexes(one));
      expect(discardedOf(units).filter(({ reason }) => reason === 'payload')).toHaveLength(20);
    }
  });
});

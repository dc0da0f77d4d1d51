import fc from 'fast-check';
import { Decoder, type Decoded } from '../../lib/wire/decoder.js';
import { encodePacket } from '../../lib/wire/encoder.js';
import { isPacket, type Packet } from '../../lib/wire/packet.js';
import { bytesWithSyncs, chunked, concat, cuts, flipped, packets, wires } from './arbitraries.js';
import { headersIn, reference } from './reference-decoder.js';

const MAX_PAYLOAD = 250;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** All that a decoder makes of chunks and of their end. */
function decoded(chunks: readonly Uint8Array[], maxPayload?: number): Decoded[] {
  const decoder = new Decoder(maxPayload === undefined ? {} : { maxPayload });
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.giveUp()];
}

const wireBytes = (units: readonly Decoded[]) => units.filter(isPacket).map((packet) => hex(encodePacket(packet)));
const sent = (all: readonly Packet[]) => all.map((packet) => hex(encodePacket(packet)));

/** The stream of these parts, of which `true` ones are packets; none where other bytes happen to form a header too. */
function streamOf(parts: readonly (readonly [bytes: Uint8Array, isPacket: boolean])[]): Uint8Array<ArrayBuffer> {
  const starts: number[] = [];
  let at = 0;
  for (const [bytes, whole] of parts) {
    if (whole) starts.push(at);
    at += bytes.length;
  }
  const stream = concat(...parts.map(([bytes]) => bytes));
  fc.pre(String(headersIn(stream)) === String(starts));
  return stream;
}

/** `stream` with these bits flipped, unless that makes a header where there was none. */
function damagedAt(stream: Uint8Array, ...bits: readonly number[]): Uint8Array<ArrayBuffer> {
  const damaged = flipped(stream, ...bits);
  const before = new Set(headersIn(stream));
  fc.pre(headersIn(damaged).every((at) => before.has(at)));
  return damaged;
}

describe('decoding, whatever the bytes', () => {
  it('finds in any chunks what a plain reading of the whole finds', () => {
    fc.assert(
      fc.property(wires, cuts, (wire, sizes) => {
        const units = decoded(chunked(wire, sizes), MAX_PAYLOAD);
        const found = reference(wire, MAX_PAYLOAD);
        expect(wireBytes(units)).toEqual(found.flatMap(({ packet }) => (packet === undefined ? [] : [hex(packet)])));
        const intactHeaders = units.filter((unit) => !isPacket(unit) && unit.header !== undefined);
        expect(intactHeaders).toHaveLength(found.filter(({ packet }) => packet === undefined).length);
      }),
      { numRuns: 1000 },
    );
  });

  it('rejects the same, for the same reasons, in any chunks', () => {
    // Garbage is told chunk by chunk; only its sum between two other units is a matter of the bytes. And a packet that
    // never ends is given up where a chunk ends it, so the reasons of such packets depend on nothing but the whole.
    const told = (units: readonly Decoded[]) => {
      const reasons: string[] = [];
      let garbage = 0;
      for (const unit of [...units, undefined]) {
        if (unit?.kind === 'discarded' && unit.reason === 'garbage') garbage += unit.bytes;
        else {
          if (garbage > 0) reasons.push(`garbage ${garbage}`);
          garbage = 0;
          if (unit !== undefined) reasons.push(isPacket(unit) ? hex(encodePacket(unit)) : unit.reason);
        }
      }
      return reasons;
    };
    fc.assert(
      fc.property(wires, cuts, (wire, sizes) => {
        expect(told(decoded(chunked(wire, sizes), MAX_PAYLOAD))).toEqual(told(decoded([wire], MAX_PAYLOAD)));
      }),
      { numRuns: 500 },
    );
  });

  it('accounts for every byte', () => {
    fc.assert(
      fc.property(wires, cuts, (wire, sizes) => {
        const units = decoded(chunked(wire, sizes), MAX_PAYLOAD);
        const counts = units.map((unit) => (isPacket(unit) ? encodePacket(unit).length : unit.bytes));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(wire.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe('decoding packets', () => {
  it('gives back what was encoded, in any chunks', () => {
    fc.assert(
      fc.property(fc.array(packets, { maxLength: 6 }), cuts, (all, sizes) => {
        const stream = concat(...all.map((packet) => encodePacket(packet)));
        expect(decoded(chunked(stream, sizes))).toEqual(all);
      }),
      { numRuns: 500 },
    );
  });

  it('finds each of them whatever garbage stands before, between and behind, unless that forms a header', () => {
    const garbageAndPacket = fc.tuple(bytesWithSyncs(30), packets);
    fc.assert(
      fc.property(fc.array(garbageAndPacket, { maxLength: 5 }), bytesWithSyncs(30), cuts, (pairs, end, sizes) => {
        const parts = pairs.flatMap(
          ([garbage, packet]) =>
            [
              [garbage, false],
              [encodePacket(packet), true],
            ] as const,
        );
        const stream = streamOf([...parts, [end, false]]);
        expect(wireBytes(decoded(chunked(stream, sizes)))).toEqual(sent(pairs.map(([, packet]) => packet)));
      }),
      { numRuns: 500 },
    );
  });

  it('finds the packets behind one that was torn, unless they make it whole or form another header', () => {
    fc.assert(
      fc.property(
        packets,
        fc.nat(),
        fc.nat(),
        fc.array(packets, { maxLength: 4 }),
        cuts,
        (torn, from, gap, all, sizes) => {
          const bytes = encodePacket(torn);
          const start = from % bytes.length;
          const end = Math.min(bytes.length, start + 1 + (gap % bytes.length));
          const left = concat(bytes.subarray(0, start), bytes.subarray(end));
          // From ten bytes on its own header is there, and a good one; what it announces is not.
          const header = start >= 10 ? [[left.subarray(0, 10), true] as const] : [];
          const rest = left.subarray(start >= 10 ? 10 : 0);
          const stream = streamOf([...header, [rest, false], ...all.map((one) => [encodePacket(one), true] as const)]);
          // The first bytes of the next packet may by chance be those that are missing.
          fc.pre(hex(stream.subarray(0, bytes.length)) !== hex(bytes));
          expect(wireBytes(decoded(chunked(stream, sizes)))).toEqual(sent(all));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('decoding damaged packets', () => {
  /** Three packets, and where the damage is to be. Their payloads form no header. */
  const threePackets = fc.tuple(packets, packets, packets);

  it('never gives a packet that was not sent when one bit is flipped, and still gives the others', () => {
    fc.assert(
      fc.property(threePackets, fc.nat(), cuts, (all, where, sizes) => {
        const parts = all.map((packet) => encodePacket(packet));
        const bits = 8 * concat(...parts).length;
        const bit = where % bits;
        const stream = damagedAt(streamOf(parts.map((bytes) => [bytes, true])), bit);
        let start = 0;
        const intact = sent(all).filter((_, i) => {
          const isHit = bit >= 8 * start && bit < 8 * (start + parts[i]!.length);
          start += parts[i]!.length;
          return !isHit;
        });
        expect(wireBytes(decoded(chunked(stream, sizes)))).toEqual(intact);
      }),
      { numRuns: 1000 },
    );
  });

  it('never gives one that was not sent, whichever bit of it is flipped', () => {
    fc.assert(
      fc.property(packets, packets, (damaged, next) => {
        const bytes = encodePacket({ ...damaged, payload: damaged.payload.slice(0, 40) });
        const stream = streamOf([
          [bytes, true],
          [encodePacket(next), true],
        ]);
        for (let bit = 0; bit < 8 * bytes.length; bit++) {
          expect([bit, ...wireBytes(decoded([damagedAt(stream, bit)]))]).toEqual([bit, ...sent([next])]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('never gives one that was not sent when up to 8 bits in a row are damaged', () => {
    // Any CRC finds a burst that is no longer than itself. Eight bits over the border between what is checked and its
    // CRC, whose bytes are turned round, are a burst of 16 or of 32.
    fc.assert(
      fc.property(threePackets, fc.nat(), fc.integer({ min: 1, max: 0xff }), cuts, (all, where, burst, sizes) => {
        const parts = all.map((packet) => encodePacket(packet));
        const stream = streamOf(parts.map((bytes) => [bytes, true]));
        const first = where % (8 * stream.length - 8);
        const bits = Array.from({ length: 8 }, (_, i) => i).filter((i) => ((burst >> i) & 1) === 1);
        const damaged = damagedAt(stream, ...bits.map((i) => first + i));
        const found = wireBytes(decoded(chunked(damaged, sizes)));
        const others = sent(all);
        for (const packet of found) {
          const at = others.indexOf(packet);
          expect([packet, at]).not.toEqual([packet, -1]);
          others.splice(0, at + 1);
        }
        expect(found.length).toBeGreaterThanOrEqual(1);
        expect(found.length).toBeLessThan(3);
      }),
      { numRuns: 1000 },
    );
  });
});

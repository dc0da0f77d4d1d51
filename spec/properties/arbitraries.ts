import fc, { type Arbitrary } from 'fast-check';
import { encodePacket } from '../../lib/wire/encoder.js';
import type { Packet } from '../../lib/wire/packet.js';

const byte = fc.integer({ min: 0, max: 255 });

/** Bytes that are hard to find packets among: sync bytes are as frequent as all others. */
export function bytesWithSyncs(maxLength: number): Arbitrary<Uint8Array<ArrayBuffer>> {
  const piece = fc.oneof(
    byte.map((value) => [value]),
    fc.constantFrom([0xaa], [0xd5], [0xaa, 0xd5]),
  );
  return fc.array(piece, { maxLength }).map((pieces) => Uint8Array.from(pieces.flat()));
}

export const packets: Arbitrary<Packet> = fc.record({
  kind: fc.constant('packet' as const),
  sequence: byte,
  channel: byte,
  flags: byte,
  opcode: byte,
  payload: fc.oneof(bytesWithSyncs(40), fc.uint8Array({ maxLength: 300 })),
});

const encodedPackets = packets.map((packet) => encodePacket(packet));

/** What may stand on a wire: packets, packets in packets, torn ones, damaged ones, garbage. */
const wirePieces: Arbitrary<Uint8Array<ArrayBuffer>> = fc.oneof(
  { weight: 4, arbitrary: encodedPackets },
  { weight: 1, arbitrary: bytesWithSyncs(30) },
  {
    weight: 2,
    arbitrary: fc.tuple(encodedPackets, fc.nat(), fc.nat()).map(([whole, from, to]) => {
      const [start, end] = [from % whole.length, to % whole.length];
      return whole.slice(Math.min(start, end), Math.max(start, end));
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(encodedPackets, fc.nat()).map(([whole, bit]) => flipped(whole, bit % (8 * whole.length))),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(encodedPackets, packets, fc.nat({ max: 3 })).map(([inner, outer, damage]) => {
      const nested = encodePacket({ ...outer, payload: Uint8Array.from([...inner, ...outer.payload]) });
      nested[nested.length - 1]! ^= damage;
      return nested;
    }),
  },
);

export const wires: Arbitrary<Uint8Array<ArrayBuffer>> = fc
  .array(wirePieces, { maxLength: 8 })
  .map((pieces) => concat(...pieces));

/** How to cut bytes: sizes of chunks, taken in turn. */
export const cuts: Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 10 });

/** `bytes` in chunks that are arrays of their own, as a port hands them over. */
export function chunked(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = at + sizes[i % sizes.length]!;
    chunks.push(bytes.slice(at, end));
    at = end;
  }
  return chunks;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

export function flipped(bytes: Uint8Array, ...bits: readonly number[]): Uint8Array<ArrayBuffer> {
  const damaged = bytes.slice();
  for (const bit of bits) damaged[bit >> 3]! ^= 0x80 >> (bit & 7);
  return damaged;
}

import { Decoder, type Decoded, type DecodeOptions } from '../../lib/wire/decoder.js';
import { encodePacket } from '../../lib/wire/encoder.js';
import { isPacket, type Discarded, type Packet } from '../../lib/wire/packet.js';
import { random, randomBytes } from './random.js';

export const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);
export const concat = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(parts));
export const byteByByte = (all: Uint8Array): Uint8Array[] => Array.from(all, (byte) => bytes(byte));
export const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
export const hexes = (...packets: Uint8Array[]): string[] => packets.map(hex);

const numbers = random(0xdec0);

/** Three packets, the last without a payload. */
export const one = encodePacket({ sequence: 1, channel: 3, flags: 8, opcode: 0x26, payload: randomBytes(numbers, 12) });
export const two = encodePacket({ sequence: 2, channel: 3, flags: 0, opcode: 0x26, payload: randomBytes(numbers, 9) });
export const bare = encodePacket({ sequence: 3, channel: 4, flags: 1, opcode: 0x27 });

/** What a new decoder makes of chunks. */
export function decoded(chunks: readonly Uint8Array[], options?: DecodeOptions): Decoded[] {
  const decoder = new Decoder(options);
  return chunks.flatMap((chunk) => decoder.push(chunk));
}

export const packetsOf = (units: readonly Decoded[]): Packet[] => units.filter(isPacket);

export function discardedOf(units: readonly Decoded[]): Discarded[] {
  return units.filter((unit) => unit.kind === 'discarded');
}

/** The packets as they came on the wire. */
export const encoded = (units: readonly Decoded[]): string[] => packetsOf(units).map((unit) => hex(encodePacket(unit)));

export function rejects(units: readonly Decoded[]): [Discarded['reason'], number][] {
  return discardedOf(units).map(({ reason, bytes: count }) => [reason, count]);
}

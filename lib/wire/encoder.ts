import { isBytes, isObject, requireArgument, requireWhole } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { crc16, crc32 } from './crc.js';
import { HEADER_BYTES, NO_BYTES, PAYLOAD_CRC_BYTES, SYNC_0, SYNC_1, type Header } from './packet.js';

/** The input of {@link encodePacket}: an opcode, and all other fields that are not zero or empty. */
export interface Outgoing extends Partial<Header> {
  readonly opcode: number;
  readonly payload?: Uint8Array;
}

/**
 * Returns the bytes of a packet on the wire, with both CRCs, in one new array (PROTOCOL 1).
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when sequence, channel, flags or opcode does not fit one byte, or the payload is
 * longer than 65 535 bytes.
 *
 * @example
 * ```ts
 * import { encodePacket, Opcode } from 'openmv-rx/protocol';
 *
 * const sync = encodePacket({ opcode: Opcode.PROTO_SYNC }); // AA D5 00 00 00 00 00 00 B0 AC
 * ```
 */
export function encodePacket(packet: Outgoing): Uint8Array<ArrayBuffer> {
  requireArgument(isObject(packet), 'encodePacket takes an object with an opcode', packet);
  const { payload = NO_BYTES } = packet;
  requireArgument(isBytes(payload), 'the payload of a packet must be a Uint8Array', payload);
  return encodePacketBehind(NO_BYTES, packet);
}

/** The bytes of several packets, behind other bytes that go out in the same write. Returns those bytes if there is no packet. */
export function encodePacketsBehind(before: Uint8Array, packets: readonly Outgoing[]): Uint8Array {
  const [only, ...more] = packets;
  if (only === undefined) return before;
  if (more.length === 0) return encodePacketBehind(before, only);
  const whole = new Uint8Array(packets.reduce((sum, { payload }) => sum + packetBytes(payload), before.length));
  whole.set(before);
  let at = before.length;
  for (const packet of packets) {
    const bytes = packetBytes(packet.payload);
    encodeInto(whole.subarray(at, at + bytes), packet);
    at += bytes;
  }
  return whole;
}

/** Like {@link encodePacket}, behind other bytes that go out in the same write. */
export function encodePacketBehind(before: Uint8Array, packet: Outgoing): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(before.length + packetBytes(packet.payload));
  whole.set(before);
  encodeInto(before.length === 0 ? whole : whole.subarray(before.length), packet);
  return whole;
}

function packetBytes({ length }: Uint8Array = NO_BYTES): number {
  if (length > 0xffff)
    throw new OpenMVError('INVALID_ARGUMENT', `a payload of ${length} bytes does not fit a packet: at most 65535`);
  return HEADER_BYTES + (length === 0 ? 0 : length + PAYLOAD_CRC_BYTES);
}

function encodeInto(bytes: Uint8Array, packet: Outgoing): void {
  const payload = packet.payload ?? NO_BYTES;
  const { length } = payload;
  bytes[0] = SYNC_0;
  bytes[1] = SYNC_1;
  bytes[2] = byte('sequence', packet.sequence);
  bytes[3] = byte('channel', packet.channel);
  bytes[4] = byte('flags', packet.flags);
  bytes[5] = byte('opcode', packet.opcode);
  bytes[6] = length & 0xff;
  bytes[7] = length >>> 8;
  const headerCrc = crc16(bytes.subarray(0, 8));
  bytes[8] = headerCrc & 0xff;
  bytes[9] = headerCrc >>> 8;
  if (length === 0) return;
  bytes.set(payload, HEADER_BYTES);
  const payloadCrc = crc32(payload);
  for (let i = 0; i < PAYLOAD_CRC_BYTES; i++) bytes[HEADER_BYTES + length + i] = payloadCrc >>> (8 * i);
}

function byte(field: string, value = 0): number {
  requireWhole(`the ${field} of a packet`, value, 0, 0xff);
  return value;
}

import { encodePacket, type Outgoing } from '../wire/encoder.js';
import { HEADER_BYTES, PAYLOAD_CRC_BYTES } from '../wire/packet.js';

/** The bytes of a packet. With crc off the fields stay on the wire and hold nothing of use (PROTOCOL 1). */
export function outgoingBytes(packet: Outgoing, crc: boolean): Uint8Array {
  const bytes = encodePacket(packet);
  if (!crc) {
    bytes.fill(0, HEADER_BYTES - 2, HEADER_BYTES);
    if (bytes.length > HEADER_BYTES) bytes.fill(UNDEFINED_CONTENT, bytes.length - PAYLOAD_CRC_BYTES);
  }
  return bytes;
}

/** Replaces the payload and leaves the CRC as it is. */
export function withPayload(bytes: Uint8Array, payload: Uint8Array): Uint8Array {
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

const UNDEFINED_CONTENT = 0x5a;

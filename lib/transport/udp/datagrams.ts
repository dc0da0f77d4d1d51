/** Sync, header and CRCs as PROTOCOL 1 lays them out. */
const SYNC_0 = 0xaa;
const SYNC_1 = 0xd5;
const LENGTH_AT = 6;
const HEADER_BYTES = 10;
const PAYLOAD_CRC_BYTES = 4;

/**
 * The datagrams of a write, for a datagram holds one packet (PROTOCOL 12): a write of several packets is cut between
 * them. What is no packet, or not all of one, goes out as it is, in one piece.
 */
export function datagramsOf(bytes: Uint8Array): Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  let rest = bytes;
  for (let length = packetLength(rest); length < rest.length; length = packetLength(rest)) {
    datagrams.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return rest.length > 0 ? [...datagrams, rest] : datagrams;
}

/** `Infinity` where there is no packet. */
function packetLength(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES || bytes[0] !== SYNC_0 || bytes[1] !== SYNC_1) return Infinity;
  const payload = (bytes[LENGTH_AT] as number) | ((bytes[LENGTH_AT + 1] as number) << 8);
  return payload === 0 ? HEADER_BYTES : HEADER_BYTES + payload + PAYLOAD_CRC_BYTES;
}

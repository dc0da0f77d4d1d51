import { crc16 } from '../wire/crc.js';
import { Opcode } from '../wire/opcode.js';
import { HEADER_BYTES, SYNC_0, SYNC_1, type Header } from '../wire/packet.js';

/** A header as it stands in the receive buffer, with the length it announces. */
export interface ReceivedHeader extends Header {
  readonly length: number;
}

/** The header at a place that holds the sync bytes and all ten bytes, or nothing if its CRC is checked and wrong. */
export function headerAt(bytes: Uint8Array, at: number, crc: boolean): ReceivedHeader | undefined {
  const b = bytes.subarray(at, at + HEADER_BYTES);
  const [, , sequence = 0, channel = 0, flags = 0, opcode = 0, low = 0, high = 0, crcLow = 0, crcHigh = 0] = b;
  if (crc && crc16(b.subarray(0, HEADER_BYTES - 2)) !== (crcLow | (crcHigh << 8))) return undefined;
  return { sequence, channel, flags, opcode, length: low | (high << 8) };
}

/** The next place from `from` on where a whole header may stand, or -1. */
export function nextSyncBytes(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(SYNC_0, from); at >= 0; at = bytes.indexOf(SYNC_0, at + 1)) {
    if (at + HEADER_BYTES > bytes.length) return -1;
    if (bytes[at + 1] === SYNC_1) return at;
  }
  return -1;
}

/** The SYNC command as it is recognised out of turn: on channel 0 and without a payload. */
export function isSync(header: ReceivedHeader): boolean {
  return header.opcode === Opcode.PROTO_SYNC && header.channel === 0 && header.length === 0;
}

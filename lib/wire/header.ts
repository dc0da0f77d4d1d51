import { crc16 } from './crc.js';
import { PAYLOAD_CRC_BYTES, SYNC_0, SYNC_1, type Header } from './packet.js';

/** A header together with the length of the payload that it announces. */
export interface AnnouncedHeader extends Header {
  readonly length: number;
}

/** The header that begins at `at`, or `undefined` where sync bytes or header CRC are wrong. Ten bytes must be there. */
export function parseHeader(bytes: Uint8Array, at: number, crc = true): AnnouncedHeader | undefined {
  if (bytes[at] !== SYNC_0 || bytes[at + 1] !== SYNC_1) return undefined;
  if (crc && crc16(bytes.subarray(at, at + 8)) !== word16(bytes, at + 8)) return undefined;
  return {
    sequence: bytes[at + 2] as number,
    channel: bytes[at + 3] as number,
    flags: bytes[at + 4] as number,
    opcode: bytes[at + 5] as number,
    length: word16(bytes, at + 6),
  };
}

/** Where the next header may begin, at or behind `at`: a sync word, or a first sync byte that ends the bytes; else -1. */
export function findSync(bytes: Uint8Array, at: number): number {
  for (let i = bytes.indexOf(SYNC_0, at); i >= 0; i = bytes.indexOf(SYNC_0, i + 1)) {
    if (i + 1 === bytes.length || bytes[i + 1] === SYNC_1) return i;
  }
  return -1;
}

/** Bytes that a packet takes behind its header. */
export function bodyBytes(length: number): number {
  return length === 0 ? 0 : length + PAYLOAD_CRC_BYTES;
}

function word16(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

/** The little-endian u32 at `at`. */
export function word32(bytes: Uint8Array, at: number): number {
  return (word16(bytes, at) | (word16(bytes, at + 2) << 16)) >>> 0;
}

import { crc16 } from './crc.js';

/** Bytes of a header, and of the CRC behind a non-empty payload (PROTOCOL 1). */
export const HEADER_BYTES = 10;
export const PAYLOAD_CRC_BYTES = 4;
/** Bytes of a packet besides its payload: header and payload CRC. */
export const OVERHEAD_BYTES = HEADER_BYTES + PAYLOAD_CRC_BYTES;

/** The two sync bytes at the start of a packet. */
export const SYNC_0 = 0xaa;
export const SYNC_1 = 0xd5;

/** The largest payload that fits the largest device buffer, 8192 bytes. */
export const LARGEST_PAYLOAD = 8192 - OVERHEAD_BYTES;
/** The smallest maximum payload that can be negotiated. */
export const SMALLEST_MAX_PAYLOAD = 50;

/** The empty payload. It is shared, so it keeps no chunk in memory. */
export const NO_BYTES = new Uint8Array(0);

/** The fields of a header (PROTOCOL 1). */
export interface Header {
  /** 0 to 255 (PROTOCOL 4). */
  readonly sequence: number;
  /** The id of a channel; 0 is the protocol and the system. */
  readonly channel: number;
  /** A sum of {@link Flag}s. */
  readonly flags: number;
  /** One of {@link Opcode}, or an opcode that this library does not know. */
  readonly opcode: number;
}

/** An intact packet. */
export interface Packet extends Header {
  readonly kind: 'packet';
  readonly payload: Uint8Array<ArrayBuffer>;
}

/**
 * Bytes that are not an intact packet.
 *
 * - `garbage`: bytes between packets, without a header;
 * - `header`: two sync bytes with a wrong header CRC;
 * - `too-long`: an intact header that announces more bytes than the limit;
 * - `payload`: an intact header with a wrong payload CRC. `header` tells which packet was lost;
 * - `incomplete`: an intact header whose payload did not arrive before the receiver gave up.
 */
export interface Discarded {
  readonly kind: 'discarded';
  readonly reason: 'garbage' | 'header' | 'too-long' | 'payload' | 'incomplete';
  /** The number of discarded bytes. It excludes the bytes behind an intact header, which are searched again. */
  readonly bytes: number;
  /** The intact header, with the payload length that it announced. */
  readonly header?: Header & { readonly length: number };
}

/** Tells whether a value of `decode()` is an intact packet. */
export function isPacket(value: { readonly kind: string }): value is Packet {
  return (value as typeof value | null | undefined)?.kind === 'packet';
}

/** A header with the payload length that it announces. */
export interface AnnouncedHeader extends Header {
  readonly length: number;
}

/** The header at `at`, or `undefined` if its sync bytes or its CRC are wrong. The caller provides ten bytes. */
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

/** The position, from `at` on, where the next header may start: at two sync bytes, or at a first one at the end. −1 if there is none. */
export function findSync(bytes: Uint8Array, at: number): number {
  for (let i = bytes.indexOf(SYNC_0, at); i >= 0; i = bytes.indexOf(SYNC_0, i + 1)) {
    if (i + 1 === bytes.length || bytes[i + 1] === SYNC_1) return i;
  }
  return -1;
}

/** Bytes of a packet behind its header. */
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

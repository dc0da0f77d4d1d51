import { crc16 } from './crc.js';

/** Bytes of a header, and of the CRC behind a payload that is not empty (PROTOCOL 1). */
export const HEADER_BYTES = 10;
export const PAYLOAD_CRC_BYTES = 4;
/** Header and payload CRC: what a packet with a payload takes beside it. */
export const OVERHEAD_BYTES = HEADER_BYTES + PAYLOAD_CRC_BYTES;

/** The two sync bytes that begin a packet. */
export const SYNC_0 = 0xaa;
export const SYNC_1 = 0xd5;

/** The largest payload of the largest device buffer, 8192 bytes. */
export const LARGEST_PAYLOAD = 8192 - OVERHEAD_BYTES;
/** The smallest maximum that can be negotiated. */
export const SMALLEST_MAX_PAYLOAD = 50;

/** The payload of a packet without one: shared, so that it holds no chunk alive. */
export const NO_BYTES = new Uint8Array(0);

/** What a header says (PROTOCOL 1). */
export interface Header {
  /** 0 to 255 (PROTOCOL 4). */
  readonly sequence: number;
  /** 0 is the protocol and the system, else a channel's id. */
  readonly channel: number;
  /** A sum of {@link Flag}s. */
  readonly flags: number;
  /** One of {@link Opcode}, or one that this library does not know. */
  readonly opcode: number;
}

/** One intact unit on the wire. */
export interface Packet extends Header {
  readonly kind: 'packet';
  readonly payload: Uint8Array<ArrayBuffer>;
}

/**
 * Bytes that are not an intact packet, as a value.
 *
 * - `garbage`: bytes between packets, in which no header was found;
 * - `header`: two sync bytes whose header CRC is wrong;
 * - `too-long`: an intact header that announces more than the limit;
 * - `payload`: an intact header whose payload CRC is wrong. Its `header` says what it would have been;
 * - `incomplete`: an intact header whose rest did not come before the receiver gave it up.
 */
export interface Discarded {
  readonly kind: 'discarded';
  readonly reason: 'garbage' | 'header' | 'too-long' | 'payload' | 'incomplete';
  /** How many bytes were given up. The bytes behind an intact header are searched again, and are not among them. */
  readonly bytes: number;
  /** What the intact header said, and the payload length it announced. */
  readonly header?: Header & { readonly length: number };
}

/** Whether a value of `decode()` is an intact packet. */
export function isPacket(value: { readonly kind: string }): value is Packet {
  return (value as typeof value | null | undefined)?.kind === 'packet';
}

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

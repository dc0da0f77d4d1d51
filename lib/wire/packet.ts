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

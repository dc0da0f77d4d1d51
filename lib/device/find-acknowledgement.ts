import { Flag } from '../wire/flags.js';
import { HEADER_BYTES } from '../wire/packet.js';
import { headerAt, isSync, nextSyncBytes } from './header.js';

/** The packet whose acknowledgement is awaited. Its channel does not count (PROTOCOL 5). */
export interface Awaited {
  readonly opcode: number;
  readonly sequence: number;
}

/** The first thing in the buffer that ends or hastens the wait; `next` is where to look on. */
export interface Acknowledgement {
  readonly kind: 'ack' | 'nak' | 'sync' | 'none';
  readonly at: number;
  readonly next: number;
}

/** Scans the whole buffer from `from` on: bytes of other commands may stand before an acknowledgement. */
export function findAcknowledgement(bytes: Uint8Array, from: number, awaited: Awaited, crc: boolean): Acknowledgement {
  for (let at = nextSyncBytes(bytes, from); at >= 0; at = nextSyncBytes(bytes, at + 1)) {
    const header = headerAt(bytes, at, crc);
    if (!header) continue;
    const next = at + HEADER_BYTES;
    if (isSync(header)) return { kind: 'sync', at, next };
    if (header.opcode !== awaited.opcode || header.sequence !== awaited.sequence) continue;
    if ((header.flags & Flag.ACK) !== 0) return { kind: 'ack', at, next };
    if ((header.flags & Flag.NAK) !== 0) return { kind: 'nak', at, next };
  }
  const next = Math.max(from, bytes.length - HEADER_BYTES + 1);
  return { kind: 'none', at: next, next };
}

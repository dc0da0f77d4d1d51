import { crc32 } from '../../wire/crc.js';
import { Flag } from '../../wire/flags.js';
import { Opcode } from '../../wire/opcode.js';
import {
  type AnnouncedHeader,
  bodyBytes,
  findSync,
  HEADER_BYTES,
  type Packet,
  parseHeader,
  word32,
} from '../../wire/packet.js';
import { Status } from '../../wire/status.js';

/** The rules by which the device reads its receive buffer. */
export interface ReceiveRules {
  readonly crc: boolean;
  readonly seq: boolean;
  readonly maxPayload: number;
  /** The sequence number that a command must carry. */
  readonly sequence: number;
}

/** The meaning of the first bytes of the receive buffer; `consumed` of them are done with (PROTOCOL 5). */
export type Finding =
  | { readonly kind: 'more' }
  | { readonly kind: 'skip'; readonly consumed: number }
  | { readonly kind: 'refuse'; readonly consumed: number; readonly header: AnnouncedHeader; readonly status: number }
  | { readonly kind: 'command'; readonly consumed: number; readonly packet: Packet }
  | { readonly kind: 'sync' };

/** Reads the receive buffer as the firmware does while it waits for no acknowledgement. */
export function examine(bytes: Uint8Array<ArrayBuffer>, rules: ReceiveRules): Finding {
  const sync = findSync(bytes, 0);
  const garbage = sync < 0 ? bytes.length : sync;
  if (garbage > 0) return { kind: 'skip', consumed: garbage };
  if (bytes.length < HEADER_BYTES) return { kind: 'more' };

  const header = parseHeader(bytes, 0, rules.crc);
  if (!header) return { kind: 'skip', consumed: 1 };
  if (header.length > rules.maxPayload) return { kind: 'refuse', consumed: 1, header, status: Status.OVERFLOW };
  if (!inSequence(header, rules)) return { kind: 'refuse', consumed: 1, header, status: Status.SEQUENCE };

  const end = HEADER_BYTES + header.length;
  const consumed = HEADER_BYTES + bodyBytes(header.length);
  if (bytes.length < consumed) return holdsSync(bytes, rules.crc) ? { kind: 'sync' } : { kind: 'more' };

  const payload = bytes.subarray(HEADER_BYTES, end);
  if (rules.crc && header.length > 0 && crc32(payload) !== word32(bytes, end))
    return { kind: 'refuse', consumed, header, status: Status.CHECKSUM };
  if (header.channel !== 0 && header.opcode <= Opcode.SYS_MEMORY)
    return { kind: 'refuse', consumed, header, status: Status.INVALID };
  if (isAnswer(header)) return { kind: 'skip', consumed };
  const { sequence, channel, flags, opcode } = header;
  return { kind: 'command', consumed, packet: { kind: 'packet', sequence, channel, flags, opcode, payload } };
}

function inSequence(header: AnnouncedHeader, { seq, sequence }: ReceiveRules): boolean {
  return !seq || header.sequence === sequence || isAnswer(header) || UNNUMBERED.has(header.opcode);
}

const UNNUMBERED: ReadonlySet<number> = new Set([Opcode.PROTO_SYNC, Opcode.SYS_EVENT, Opcode.CHANNEL_EVENT]);

function isAnswer({ flags }: AnnouncedHeader): boolean {
  return (flags & (Flag.ACK | Flag.NAK)) !== 0;
}

/** Finds a SYNC inside an incomplete packet, so that a torn packet cannot block a device for ever. */
function holdsSync(bytes: Uint8Array, crc: boolean): boolean {
  for (let at = nextHeader(bytes, 0); at >= 0; at = nextHeader(bytes, at + 1)) {
    const header = parseHeader(bytes, at, crc);
    if (header && isSync(header)) return true;
  }
  return false;
}

/** The packet that waits for its acknowledgement. Its channel does not matter (PROTOCOL 5). */
interface Awaited {
  readonly opcode: number;
  readonly sequence: number;
}

/** The first packet in the buffer that ends or shortens the wait. The next search starts at `next`. */
interface Acknowledgement {
  readonly kind: 'ack' | 'nak' | 'sync' | 'none';
  readonly at: number;
  readonly next: number;
}

/** Searches the whole buffer from `from` on, because an acknowledgement may follow other commands. */
export function findAcknowledgement(bytes: Uint8Array, from: number, awaited: Awaited, crc: boolean): Acknowledgement {
  for (let at = nextHeader(bytes, from); at >= 0; at = nextHeader(bytes, at + 1)) {
    const header = parseHeader(bytes, at, crc);
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

/** The position, from `from` on, where the next whole header may begin; −1 if there is none. */
function nextHeader(bytes: Uint8Array, from: number): number {
  const at = findSync(bytes, from);
  return at + HEADER_BYTES > bytes.length ? -1 : at;
}

/** A SYNC is accepted out of turn on channel 0 and without a payload. */
function isSync(header: AnnouncedHeader): boolean {
  return header.opcode === Opcode.PROTO_SYNC && header.channel === 0 && header.length === 0;
}

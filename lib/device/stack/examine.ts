import { crc16, crc32 } from '../../wire/crc.js';
import { Flag } from '../../wire/flags.js';
import { Opcode } from '../../wire/opcode.js';
import { type Header, HEADER_BYTES, type Packet, PAYLOAD_CRC_BYTES, SYNC_0, SYNC_1 } from '../../wire/packet.js';
import { Status } from '../../wire/status.js';

/** What the device knows when it looks at its receive buffer. */
export interface ReceiveRules {
  readonly crc: boolean;
  readonly seq: boolean;
  readonly maxPayload: number;
  /** The counter: what a command has to carry. */
  readonly sequence: number;
}

/** What stands at the beginning of the receive buffer, and how many bytes of it are done with (PROTOCOL 5). */
export type Finding =
  | { readonly kind: 'more' }
  | { readonly kind: 'skip'; readonly consumed: number }
  | { readonly kind: 'refuse'; readonly consumed: number; readonly header: ReceivedHeader; readonly status: number }
  | { readonly kind: 'command'; readonly consumed: number; readonly packet: Packet }
  | { readonly kind: 'sync' };

/** The firmware's reading of its buffer while it waits for no acknowledgement. */
export function examine(bytes: Uint8Array<ArrayBuffer>, rules: ReceiveRules): Finding {
  const garbage = garbageBefore(bytes);
  if (garbage > 0) return { kind: 'skip', consumed: garbage };
  if (bytes.length < HEADER_BYTES) return { kind: 'more' };

  const header = headerAt(bytes, 0, rules.crc);
  if (!header) return { kind: 'skip', consumed: 1 };
  if (header.length > rules.maxPayload) return { kind: 'refuse', consumed: 1, header, status: Status.OVERFLOW };
  if (!inSequence(header, rules)) return { kind: 'refuse', consumed: 1, header, status: Status.SEQUENCE };

  const end = HEADER_BYTES + header.length;
  const consumed = end + (header.length === 0 ? 0 : PAYLOAD_CRC_BYTES);
  if (bytes.length < consumed) return holdsSync(bytes, rules.crc) ? { kind: 'sync' } : { kind: 'more' };

  const payload = bytes.subarray(HEADER_BYTES, end);
  if (rules.crc && header.length > 0 && crc32(payload) !== crcAt(bytes, end))
    return { kind: 'refuse', consumed, header, status: Status.CHECKSUM };
  if (header.channel !== 0 && header.opcode <= Opcode.SYS_MEMORY)
    return { kind: 'refuse', consumed, header, status: Status.INVALID };
  if (isAnswer(header)) return { kind: 'skip', consumed };
  const { sequence, channel, flags, opcode } = header;
  return { kind: 'command', consumed, packet: { kind: 'packet', sequence, channel, flags, opcode, payload } };
}

/** How many bytes stand before the first sync word, or before what may become one. */
function garbageBefore(bytes: Uint8Array): number {
  const last = bytes.length - 1;
  for (let at = bytes.indexOf(SYNC_0); at >= 0; at = bytes.indexOf(SYNC_0, at + 1)) {
    if (at === last || bytes[at + 1] === SYNC_1) return at;
  }
  return bytes.length;
}

function inSequence(header: ReceivedHeader, { seq, sequence }: ReceiveRules): boolean {
  return !seq || header.sequence === sequence || isAnswer(header) || UNNUMBERED.has(header.opcode);
}

const UNNUMBERED: ReadonlySet<number> = new Set([Opcode.PROTO_SYNC, Opcode.SYS_EVENT, Opcode.CHANNEL_EVENT]);

function isAnswer({ flags }: ReceivedHeader): boolean {
  return (flags & (Flag.ACK | Flag.NAK)) !== 0;
}

/** A SYNC is seen inside a packet whose rest has not come, so that a torn packet can't keep a device for ever. */
function holdsSync(bytes: Uint8Array, crc: boolean): boolean {
  for (let at = nextSyncBytes(bytes, 0); at >= 0; at = nextSyncBytes(bytes, at + 1)) {
    const header = headerAt(bytes, at, crc);
    if (header && isSync(header)) return true;
  }
  return false;
}

function crcAt(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + PAYLOAD_CRC_BYTES);
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

/** A header as it stands in the receive buffer, with the length it announces. */
interface ReceivedHeader extends Header {
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

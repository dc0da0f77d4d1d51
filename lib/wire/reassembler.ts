import { Flag } from './flags.js';
import { Opcode } from './opcode.js';
import { NO_BYTES, type Discarded, type Header, type Packet } from './packet.js';

/** A stretch of a message's payload, in bytes. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** What one packet, or a run of fragments, means (PROTOCOL, terms). */
export interface Message extends Header {
  readonly kind: 'message';
  /** That of the first packet. */
  readonly sequence: number;
  /** Those of the last packet. */
  readonly flags: number;
  /** How many packets it came in. */
  readonly packets: number;
  /** A view of the packets' bytes where they lie in one piece, else a copy. What is missing is zero. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Fragments that did not come, from gaps in the sequence. Empty in a whole message. */
  readonly missing: readonly Range[];
  /** Whether its last packet came. A run that another message cut short is not ended. */
  readonly ended: boolean;
}

/** Options of the operator `reassemble`. */
export interface ReassembleOptions {
  /** Bytes of the longest message that is put together. Default 16 MiB. What is longer is discarded as `too-long`. */
  readonly maxMessage?: number;
  /**
   * Asked for a place when a message is put together whose packets do not lie in one piece; its first bytes are taken if
   * it is long enough. Default: a new array for each.
   */
  readonly into?: () => Uint8Array<ArrayBuffer> | undefined;
}

/** Sixteen times the largest stream buffer of today's boards. */
const DEFAULT_MAX_MESSAGE = 16 * 1024 * 1024;
const NOT_DATA = Flag.ACK | Flag.NAK | Flag.EVENT;

interface Run {
  readonly first: Packet;
  packets: number;
  next: number;
  /** Bytes, holes included. */
  bytes: number;
  readonly parts: { readonly offset: number; readonly bytes: Uint8Array<ArrayBuffer> }[];
  readonly missing: Range[];
  tooLong: boolean;
}

/**
 * Puts the fragments of a message together (PROTOCOL 1: FRAGMENT; 4: each fragment moves the sequence by one).
 *
 * A device sends one reply at a time, so there is at most one run; events, acknowledgements and refusals may stand
 * between its fragments. Holds the views of that run's payloads, `maxMessage` bytes at most.
 */
export class Reassembler {
  readonly #maxMessage: number;
  readonly #into: () => Uint8Array<ArrayBuffer> | undefined;
  #run: Run | undefined;

  constructor({ maxMessage = DEFAULT_MAX_MESSAGE, into = () => undefined }: ReassembleOptions = {}) {
    this.#maxMessage = maxMessage;
    this.#into = into;
  }

  /** The messages that this packet ends: none, one, or a run that was cut short and then one. */
  push(packet: Packet): (Message | Discarded)[] {
    if ((packet.flags & NOT_DATA) !== 0) {
      return this.#endedBy(packet) ? [...this.giveUp(), messageOf(packet)] : [messageOf(packet)];
    }
    if (this.#run === undefined) return this.#begin(packet);
    const gap = (packet.sequence - this.#run.next) & 0xff;
    if (!belongs(packet, this.#run.first)) return [...this.giveUp(), ...this.#begin(packet)];
    // Behind what was expected: a repeat of a fragment that is there.
    if (gap >= 128) return [];
    this.#append(this.#run, packet, gap);
    return (packet.flags & Flag.FRAGMENT) === 0 ? this.#end(packet.flags) : [];
  }

  /** Ends the present run as it is: its message has `ended: false`. Nothing if there is none. */
  giveUp(): (Message | Discarded)[] {
    return this.#run === undefined ? [] : this.#end(this.#run.first.flags, false);
  }

  /** Whether a packet without data ends the run: its refusal, or a SYNC, which begins a new count (PROTOCOL 4). */
  #endedBy({ flags, opcode, channel, sequence }: Packet): boolean {
    const run = this.#run;
    if (run === undefined || (flags & Flag.EVENT) !== 0) return false;
    if (opcode === Opcode.PROTO_SYNC) return true;
    // Another command's reply moved the count too, so no fragment is missing in its place.
    if (sequence === run.next) run.next = (sequence + 1) & 0xff;
    return (flags & Flag.NAK) !== 0 && belongs({ opcode, channel }, run.first);
  }

  #begin(packet: Packet): (Message | Discarded)[] {
    if ((packet.flags & Flag.FRAGMENT) === 0 && packet.payload.length <= this.#maxMessage) return [messageOf(packet)];
    const run: Run = {
      first: packet,
      packets: 0,
      next: packet.sequence,
      bytes: 0,
      parts: [],
      missing: [],
      tooLong: false,
    };
    this.#append(run, packet, 0);
    this.#run = run;
    return (packet.flags & Flag.FRAGMENT) === 0 ? this.#end(packet.flags) : [];
  }

  #append(run: Run, { payload, sequence }: Packet, gap: number): void {
    run.next = (sequence + 1) & 0xff;
    run.packets++;
    // All fragments but the last are as long as the first.
    const hole = gap * run.first.payload.length;
    if (hole > 0) run.missing.push({ offset: run.bytes, length: hole });
    run.bytes += hole;
    run.tooLong ||= run.bytes + payload.length > this.#maxMessage;
    if (run.tooLong) run.parts.length = run.missing.length = 0;
    // An empty part would be held for nothing, and part those beside it.
    else if (payload.length > 0) run.parts.push({ offset: run.bytes, bytes: payload });
    run.bytes += payload.length;
  }

  #end(flags: number, ended = true): (Message | Discarded)[] {
    const run = this.#run as Run;
    this.#run = undefined;
    if (run.tooLong) {
      return [
        {
          kind: 'discarded',
          reason: 'too-long',
          bytes: run.bytes,
          header: { ...headerOf(run.first), length: run.bytes },
        },
      ];
    }
    const { packets, missing } = run;
    return [
      { kind: 'message', ...headerOf(run.first), flags, packets, payload: join(run, this.#into), missing, ended },
    ];
  }
}

type Command = Pick<Header, 'opcode' | 'channel'>;

function belongs(packet: Command, first: Command): boolean {
  return packet.opcode === first.opcode && packet.channel === first.channel;
}

function headerOf({ sequence, channel, flags, opcode }: Header): Header {
  return { sequence, channel, flags, opcode };
}

function messageOf(packet: Packet): Message {
  return { kind: 'message', ...headerOf(packet), packets: 1, payload: packet.payload, missing: [], ended: true };
}

/** One view where the parts lie back to back in one buffer, as the decoder's gather space lays them; else one copy. */
function join(
  { parts, missing, bytes }: Run,
  into: () => Uint8Array<ArrayBuffer> | undefined,
): Uint8Array<ArrayBuffer> {
  const [first, ...rest] = parts;
  if (first === undefined) return NO_BYTES;
  const { buffer, byteOffset } = first.bytes;
  // What lies between two parts may be just as long as a hole, and is not zero.
  const adjacent =
    missing.length === 0 &&
    rest.every((part) => part.bytes.buffer === buffer && part.bytes.byteOffset === byteOffset + part.offset);
  if (adjacent) return new Uint8Array(buffer, byteOffset, bytes);
  const place = into();
  const whole = place === undefined || place.length < bytes ? new Uint8Array(bytes) : place.subarray(0, bytes);
  for (const part of parts) whole.set(part.bytes, part.offset);
  for (const { offset, length } of missing) whole.fill(0, offset, offset + length);
  return whole;
}

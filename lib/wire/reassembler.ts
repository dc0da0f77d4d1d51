import { Flag } from './flags.js';
import { Opcode } from './opcode.js';
import { NO_BYTES, type Discarded, type Header, type Packet } from './packet.js';
import { isBefore, sequenceAfter, stepsBetween } from './sequence.js';

/** A range of a message's payload, in bytes. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** The content of one packet, or of a run of fragments (PROTOCOL, terms). */
export interface Message extends Header {
  readonly kind: 'message';
  /** The sequence number of the first packet. */
  readonly sequence: number;
  /** The flags of the last packet. */
  readonly flags: number;
  /** The number of packets. */
  readonly packets: number;
  /** A view of the packets' bytes if they are adjacent, else a copy. Missing bytes are zero. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Lost fragments, which gaps in the sequence reveal. Empty in a complete message. */
  readonly missing: readonly Range[];
  /** True if the last packet arrived; false if another message interrupted this one. */
  readonly ended: boolean;
}

/** Options of the operator `reassemble`. */
export interface ReassembleOptions {
  /** Bytes of the longest message. Default 16 MiB. A longer message is discarded as `too-long`. */
  readonly maxMessage?: number;
  /**
   * Returns memory for a message whose packets are not adjacent. The message uses the first bytes if the memory is long
   * enough. Default: a new array for each message.
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
  /** Bytes so far, including lost fragments. */
  bytes: number;
  readonly parts: { readonly offset: number; readonly bytes: Uint8Array<ArrayBuffer> }[];
  readonly missing: Range[];
  tooLong: boolean;
}

/**
 * Joins the fragments of a message (PROTOCOL 1: FRAGMENT; 4: each fragment advances the sequence by one).
 *
 * A device sends one reply at a time, so there is at most one run of fragments. Events, acknowledgements and refusals may
 * stand between them. Holds views of the run's payloads, at most `maxMessage` bytes.
 */
export class Reassembler {
  readonly #maxMessage: number;
  readonly #into: () => Uint8Array<ArrayBuffer> | undefined;
  #run: Run | undefined;

  constructor({ maxMessage = DEFAULT_MAX_MESSAGE, into = () => undefined }: ReassembleOptions = {}) {
    this.#maxMessage = maxMessage;
    this.#into = into;
  }

  /** Returns the messages that a packet ends: none, one, or an interrupted run and one more. */
  push(packet: Packet): (Message | Discarded)[] {
    if ((packet.flags & NOT_DATA) !== 0) {
      return this.#endedBy(packet) ? [...this.giveUp(), messageOf(packet)] : [messageOf(packet)];
    }
    if (this.#run === undefined) return this.#begin(packet);
    if (!belongs(packet, this.#run.first)) return [...this.giveUp(), ...this.#begin(packet)];
    // A lower number than expected repeats a fragment that has arrived.
    if (isBefore(packet.sequence, this.#run.next)) return [];
    this.#append(this.#run, packet, stepsBetween(this.#run.next, packet.sequence));
    return (packet.flags & Flag.FRAGMENT) === 0 ? this.#end(packet.flags) : [];
  }

  /** Ends an unfinished run, if there is one. Its message has `ended: false`. */
  giveUp(): (Message | Discarded)[] {
    return this.#run === undefined ? [] : this.#end(this.#run.first.flags, false);
  }

  /** Tells whether a packet without data ends the run: a refusal of it, or a SYNC, which resets the sequence (PROTOCOL 4). */
  #endedBy({ flags, opcode, channel, sequence }: Packet): boolean {
    const run = this.#run;
    if (run === undefined || (flags & Flag.EVENT) !== 0) return false;
    if (opcode === Opcode.PROTO_SYNC) return true;
    // The reply to another command advances the sequence too, so its number is not a lost fragment.
    if (sequence === run.next) run.next = sequenceAfter(sequence);
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
    run.next = sequenceAfter(sequence);
    run.packets++;
    // Every fragment except the last has the length of the first.
    const hole = gap * run.first.payload.length;
    if (hole > 0) run.missing.push({ offset: run.bytes, length: hole });
    run.bytes += hole;
    run.tooLong ||= run.bytes + payload.length > this.#maxMessage;
    if (run.tooLong) run.parts.length = run.missing.length = 0;
    // Skip an empty part: it would separate adjacent ones.
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

/** One view if the parts are adjacent in one buffer, as the decoder's `GatherSpace` lays them out; else one copy. */
function join(
  { parts, missing, bytes }: Run,
  into: () => Uint8Array<ArrayBuffer> | undefined,
): Uint8Array<ArrayBuffer> {
  const [first, ...rest] = parts;
  if (first === undefined) return NO_BYTES;
  const { buffer, byteOffset } = first.bytes;
  // With missing fragments, other bytes of the same length may lie between two parts. They are not zero.
  const adjacent =
    missing.length === 0 &&
    rest.every((part) => part.bytes.buffer === buffer && part.bytes.byteOffset === byteOffset + part.offset);
  if (adjacent) return new Uint8Array(buffer, byteOffset, bytes);
  const memory = into();
  const whole = memory === undefined || memory.length < bytes ? new Uint8Array(bytes) : memory.subarray(0, bytes);
  for (const part of parts) whole.set(part.bytes, part.offset);
  for (const { offset, length } of missing) whole.fill(0, offset, offset + length);
  return whole;
}

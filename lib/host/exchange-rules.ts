import { Flag } from '../wire/flags.js';
import { Opcode } from '../wire/opcode.js';
import type { Header, Packet } from '../wire/packet.js';
import { decodeStatus } from '../wire/payloads/index.js';
import { Status } from '../wire/status.js';
import { commands, type Command } from './command.js';
import type { ExchangeState, Sent } from './exchange-state.js';

/* What a number, or a header, tells about the count (PROTOCOL 4). */

export function isAhead(sequence: number, counter: number): boolean {
  return ((sequence - counter) & 0xff) < 128;
}

/** Refusals half a round behind are forgotten, before the count comes round to their numbers again. */
export function moved(state: ExchangeState, sequence: number): ExchangeState {
  if (!isAhead(sequence, state.counter)) return state;
  const counter = (sequence + 1) & 0xff;
  const { refusals } = state;
  return { ...state, counter, refusals: refusals.length === 0 ? refusals : refusals.filter(isNear(counter)) };
}

const isNear =
  (counter: number) =>
  ({ sequence }: Header): boolean =>
    ((counter - sequence) & 0xff) < 128;

/** As many refusals as may be under way together. */
export const MAX_REFUSALS = 16;

export function remembered(
  { refusals }: ExchangeState,
  { sequence, channel, flags, opcode }: Packet,
): readonly Header[] {
  return [...refusals.slice(1 - MAX_REFUSALS), { sequence, channel, flags, opcode }];
}

export function sameHeader(a: Header, b: Header): boolean {
  return a.sequence === b.sequence && a.opcode === b.opcode && a.channel === b.channel;
}

/**
 * Whether a device that refuses with this number has begun to count anew: from 0, or, where the count comes round, too
 * far ahead for what can have been missed.
 */
export function hasBegunAnew(sequence: number, { counter, sent, trailing, copies }: ExchangeState): boolean {
  if (!isAhead(sequence, counter)) return true;
  const missed = (sequence - counter) & 0xff;
  const packets = copies + (sent === undefined ? 0 : replyPackets(sent.command) + sent.sends);
  const plausible = trailing === 'replies' ? 127 : packets + MAX_REFUSALS;
  return missed > plausible || (sequence < FIRST_NUMBERS && sequence < counter && missed > packets);
}

/** Packets that the reply to a command may take, at most: a channel that runs dry adds a NAK to its data. */
export function replyPackets({ replyLimit }: Command): number {
  return Math.ceil(replyLimit / SHORTEST_FRAGMENT_BYTES) + 1;
}

/** The smallest buffer's payload; smaller fragments are asked for by nobody. */
const SHORTEST_FRAGMENT_BYTES = 498;
/** A device that begins anew is met with one of these. */
const FIRST_NUMBERS = 4;

export function refusesSequence({ flags, payload }: Packet): boolean {
  return (flags & Flag.NAK) !== 0 && payload.length >= 2 && decodeStatus(payload) === Status.SEQUENCE;
}

export function isPing({ opcode, channel, flags }: Header): boolean {
  return opcode === commands.ping(channel).opcode && channel !== 0 && (flags & Flag.NAK) !== 0;
}

export function isFor({ opcode, channel }: Header, { command }: Sent): boolean {
  return opcode === command.opcode && channel === command.channel;
}

export function isReply(packet: Header, sent: Sent): boolean {
  return isFor(packet, sent) && !((packet.flags & Flag.ACK) !== 0 && isOfAnother(packet, sent));
}

/**
 * What it is answered with first bears the command's own number, unless that is refused for it; or that of a copy, where the
 * first of them has told the device to count no more.
 */
export function isOfAnother({ sequence }: Header, { command, packets, sends, ...sent }: Sent): boolean {
  const ofCopy = command.opcode === Opcode.PROTO_SET_CAPS && sends > 1;
  return packets === 0 && sequence !== sent.sequence && !ofCopy;
}

import { Flag } from '../../../wire/flags.js';
import { Opcode } from '../../../wire/opcode.js';
import type { Header, Packet } from '../../../wire/packet.js';
import { decodeStatus } from '../../../wire/payloads/index.js';
import { sequenceAfter, stepsBetween } from '../../../wire/sequence.js';
import { Status } from '../../../wire/status.js';
import { type Command, commands } from '../command.js';
import type { ExchangeState, Sent } from './state.js';

/* What a sequence number, or a header, says about the device's counter (PROTOCOL 4). */

export function isAhead(sequence: number, counter: number): boolean {
  return stepsBetween(counter, sequence) < 128;
}

/**
 * Moves the counter behind a packet. Forgets refusals that are half a round of sequence numbers behind, because their numbers
 * will be used again.
 */
export function moved(state: ExchangeState, sequence: number): ExchangeState {
  if (!isAhead(sequence, state.counter)) return state;
  const counter = sequenceAfter(sequence);
  const { refusals } = state;
  return { ...state, counter, refusals: refusals.length === 0 ? refusals : refusals.filter(isNear(counter)) };
}

const isNear =
  (counter: number) =>
  ({ sequence }: Header): boolean =>
    stepsBetween(sequence, counter) < 128;

/** The number of the next command behind the flight. */
export function afterFlight({ flight, counter }: ExchangeState): number {
  const last = flight.at(-1);
  return last === undefined ? counter : sequenceAfter(last.sequence);
}

/** The largest number of refusals that can be under way at once. */
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
 * Whether a device that refuses with this number has lost its session and counts from 0. Near the end of a round, 0 lies ahead:
 * then the number is too far ahead for the packets that can have been missed.
 */
export function hasBegunAnew(sequence: number, { counter, sent, trailing, copies, flight }: ExchangeState): boolean {
  if (!isAhead(sequence, counter)) return true;
  const missed = stepsBetween(counter, sequence);
  const packets = copies + flight.length + (sent === undefined ? 0 : replyPackets(sent.command) + sent.sends);
  const plausible = trailing === 'replies' ? 127 : packets + MAX_REFUSALS;
  return missed > plausible || (sequence < FIRST_NUMBERS && sequence < counter && missed > packets);
}

/** The largest number of packets in the reply to a command. A channel that runs dry adds a NAK to its data. */
export function replyPackets({ replyLimit }: Command): number {
  return Math.ceil(replyLimit / SHORTEST_FRAGMENT_BYTES) + 1;
}

/** The payload of the smallest device buffer. Nobody asks for smaller fragments. */
const SHORTEST_FRAGMENT_BYTES = 498;
/** The first refusal of a device that counts anew has a number below this one. */
export const FIRST_NUMBERS = 4;

export function refusesSequence({ flags, payload }: Packet): boolean {
  return (flags & Flag.NAK) !== 0 && payload.length >= 2 && decodeStatus(payload) === Status.SEQUENCE;
}

export function isPing({ opcode, channel, flags }: Header): boolean {
  return opcode === commands.ping(channel).opcode && channel !== 0 && (flags & Flag.NAK) !== 0;
}

export function isFor({ opcode, channel }: Header, { command }: Pick<Sent, 'command'>): boolean {
  return opcode === command.opcode && channel === command.channel;
}

export function isReply(packet: Header, sent: Sent): boolean {
  return isFor(packet, sent) && !((packet.flags & Flag.ACK) !== 0 && isOfAnother(packet, sent));
}

/**
 * Whether a packet with the command's opcode and channel answers another command. The first packet of a reply has the
 * command's own number. After a SET_CAPS that was sent twice, it may have the number of the copy: the first SET_CAPS may have
 * switched the check of numbers off.
 */
export function isOfAnother({ sequence }: Header, { command, packets, sends, ...sent }: Sent): boolean {
  const ofCopy = command.opcode === Opcode.PROTO_SET_CAPS && sends > 1;
  return packets === 0 && sequence !== sent.sequence && !ofCopy;
}

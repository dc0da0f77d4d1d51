import { Flag } from '../../wire/flags.js';
import { Opcode } from '../../wire/opcode.js';
import { type Header, HEADER_BYTES, OVERHEAD_BYTES, type Packet } from '../../wire/packet.js';
import { decodeStatus } from '../../wire/payloads/index.js';
import type { Message } from '../../wire/reassembler.js';
import { Status } from '../../wire/status.js';
import { type Command, commands } from './command.js';
import {
  type ExchangeEffect,
  type ExchangeInput,
  type ExchangeState,
  type ExchangeStep,
  NO_ACKNOWLEDGEMENTS,
  type Outcome,
  type Sent,
} from './exchange-state.js';

/*
 * The sequence rules of PROTOCOL 4 and 5 as a table: state and input in, new state and effects out. It knows no time,
 * no bytes and no RxJS; its runner (link.ts) owns the timers, the writes and the queue.
 *
 *                 start          reply             silence           silence, too often
 *        idle ────────────▶ sent ──────▶ idle      sent ──▶ sent     sent ──▶ (resynchronise)
 *                             │  NAK CHECKSUM, or another packet has its sequence (not executed): sent anew
 *                             └─ NAK SEQUENCE otherwise: it was executed, or refused, and the reply is lost
 */

/** By then a device has repeated by itself what was not acknowledged (PROTOCOL 5). */
const DEVICE_REPEATS_MS = 600;
/** By then it has repeated it twice. */
const DEVICE_SILENT_MS = 2000;

const LOST_SESSION = 'the camera lost its session';

/** One step of the exchange. Pure. */
export function step(state: ExchangeState, input: ExchangeInput): ExchangeStep {
  switch (input.type) {
    case 'start':
      return start(state, input.command);
    case 'packet':
      return onPacket(state, input.packet);
    case 'damaged':
      return onDamaged(state, input.header);
    case 'message':
      return onMessage(state, input.message);
    case 'silence':
      return onSilence(state, input.forMs);
    case 'abandon':
      return { state: { ...state, sent: undefined }, effects: [] };
  }
}

function onPacket(state: ExchangeState, packet: Packet): ExchangeStep {
  const { sent, counter } = state;
  if ((packet.flags & Flag.EVENT) !== 0) return onEvent(state, packet.sequence);
  if (packet.opcode === Opcode.PROTO_SYNC) return onSyncReply(state);
  const isNak = (packet.flags & Flag.NAK) !== 0;
  if (isNak && state.refusals.some((seen) => sameHeader(seen, packet)))
    return { state: { ...state, ordered: false }, effects: [] };
  const refusals = isNak ? remembered(state, packet) : state.refusals;
  if (refusesSequence(packet) && hasBegunAnew(packet.sequence, state)) {
    // Where it refuses an earlier command it may just be late; if it is not, the present one is refused as well.
    const concerned = sent !== undefined && isFor(packet, sent);
    const effects: ExchangeEffect[] = concerned ? [{ type: 'resynchronise', cause: LOST_SESSION }] : [];
    return { state: { ...state, refusals }, effects };
  }
  const ordered = state.ordered && (isAhead(packet.sequence, counter) || (packet.flags & Flag.RTX) !== 0);
  const next = moved({ ...state, refusals, ordered }, packet.sequence);
  if (sent === undefined) return refusesSequence(packet) ? onCopyRefused(next) : { state: next, effects: [] };
  if (!isAhead(packet.sequence, counter)) return { state: next, effects: [] };
  if (sent.probe !== undefined && isPing(packet)) return onProbed(next, sent, packet);
  if (sent.before !== undefined && isPing(packet)) return onPingReply(next, sent, sent.before, packet);
  if (!isReply(packet, sent) || (isNak && !refusesSequence(packet) && isOfAnother(packet, sent))) {
    // A straggler, such as the refusal of a repeat of an earlier command: it moved the device's counter all the same.
    const refused = sent.refused || packet.sequence === sent.sequence;
    const late: ExchangeEffect[] = [{ type: 'late' }, { type: 'wait', repeats: sent.silences }];
    return { state: { ...next, sent: { ...sent, refused } }, effects: refusesSequence(packet) ? late : [] };
  }
  const bytes = sent.bytes + ((packet.flags & (Flag.ACK | Flag.NAK)) === 0 ? packet.payload.length : 0);
  if (bytes > sent.command.replyLimit) {
    // The rest of it may come yet, and is no reply to what is asked next.
    const over: ExchangeEffect[] = [{ type: 'give-up' }, { type: 'settle', outcome: { kind: 'overrun' } }];
    return { state: { ...next, sent: undefined, trailing: 'replies' }, effects: over };
  }
  return {
    state: { ...next, sent: { ...sent, silences: 0, packets: sent.packets + 1, bytes } },
    effects: [{ type: 'wait', repeats: 0, forFragment: state.acks }, { type: 'accept' }],
  };
}

/** A copy of the command that has ended. When the last one is refused, nothing is under way any more. */
function onCopyRefused(state: ExchangeState): ExchangeStep {
  const copies = Math.max(state.copies - 1, 0);
  const trailing = copies === 0 && state.trailing === 'copies' ? 'nothing' : state.trailing;
  return { state: { ...state, copies, trailing }, effects: [{ type: 'late' }] };
}

/** The device answers in order, so it has said all of the reply that it will say. */
function onProbed(state: ExchangeState, sent: Sent, { channel }: Header): ExchangeStep {
  if (channel !== sent.probe) return { state, effects: [] };
  return { state: { ...state, sent: { ...sent, givenUp: true } }, effects: [{ type: 'give-up' }] };
}

/** The device has dealt with all that was sent before this ping; of those after it the last is waited for. */
function onPingReply(state: ExchangeState, sent: Sent, before: Command, reply: Header): ExchangeStep {
  if (reply.channel !== sent.command.channel) return { state, effects: [{ type: 'wait', repeats: sent.sends }] };
  return send({ ...state, trailing: 'nothing' }, before, undefined, 0);
}

/**
 * The header of a packet tells the device's counter, and what it was, though its payload is lost. One that asks for an ACK
 * gets it where the data can be had in another way; else the device sends it again by its own timer.
 */
function onDamaged(state: ExchangeState, header: Header): ExchangeStep {
  const { sent } = state;
  const { sequence, flags, opcode } = header;
  if ((flags & Flag.EVENT) !== 0 || opcode === Opcode.PROTO_SYNC) return { state, effects: [] };
  const asks = (flags & Flag.ACK_REQ) !== 0;
  if (hasBegunAnew(sequence, state)) {
    // A repeat of what is here already: the ACK was lost.
    const isRepeat = asks && (flags & Flag.RTX) !== 0 && ((state.counter - sequence) & 0xff) <= MAX_REFUSALS;
    return { state, effects: isRepeat ? [{ type: 'acknowledge', header }] : [] };
  }
  const isAwaited = sent !== undefined && isReply(header, sent);
  if (asks && isAwaited && sent.command.repeatable === 'never') return { state, effects: [] };
  const step = onDamagedOnce(moved(state, sequence), header, sent);
  return asks ? { ...step, effects: [{ type: 'acknowledge', header }, ...step.effects] } : step;
}

/** A damaged packet that does not come again. */
function onDamagedOnce(state: ExchangeState, header: Header, sent: Sent | undefined): ExchangeStep {
  const { sequence, flags } = header;
  if (sent === undefined) return { state, effects: [] };
  if (sent.probe !== undefined && isPing(header)) return onProbed(state, sent, header);
  if (sent.before !== undefined && isPing(header)) return onPingReply(state, sent, sent.before, header);
  if (!isReply(header, sent)) {
    const refused = sent.refused || sequence === sent.sequence;
    return { state: { ...state, sent: { ...sent, refused } }, effects: [] };
  }
  // Only NAK SEQUENCE bears another number than the command.
  if ((flags & Flag.NAK) !== 0)
    return sequence === sent.sequence ? { state, effects: [] } : onRefusal(state, sent, sequence);
  // A fragment that is followed by others shows as a gap.
  if ((flags & Flag.FRAGMENT) !== 0) return { state, effects: [{ type: 'wait', repeats: 0, forFragment: state.acks }] };
  if (sent.packets > 0)
    return { state: { ...state, sent: { ...sent, givenUp: true } }, effects: [{ type: 'give-up' }] };
  return sent.command.repeatable === 'never' ? { state, effects: [] } : sendAnew(state, sent);
}

/**
 * An event carries the counter's present value and moves nothing (PROTOCOL 4), so it tells of what was lost. It is one
 * behind where the device waits for the acknowledgement of a packet that is here already, and more where it came late.
 */
function onEvent(state: ExchangeState, sequence: number): ExchangeStep {
  const { sent, counter } = state;
  const accept: ExchangeEffect = { type: 'accept' };
  const behind = (counter - sequence) & 0xff;
  if (sent === undefined || behind <= MAX_REFUSALS || sent.command.opcode === Opcode.PROTO_SYNC)
    return { state, effects: [accept] };
  if (behind <= 128) return { state, effects: [accept, { type: 'resynchronise', cause: LOST_SESSION }] };
  // The reply went out and did not arrive: there is nothing to wait for.
  const next = onSilence(state, 0);
  return { state: next.state, effects: [accept, ...next.effects] };
}

/** The ACK of a SYNC carries sequence 0, and so does the next command: it moves nothing (PROTOCOL 4). */
function onSyncReply(state: ExchangeState): ExchangeStep {
  const awaited = state.sent?.command.opcode === Opcode.PROTO_SYNC;
  return { state, effects: awaited ? [{ type: 'accept' }] : [] };
}

function onMessage(state: ExchangeState, message: Message): ExchangeStep {
  const { sent } = state;
  if (sent === undefined) return { state, effects: [] };
  if (message.opcode === Opcode.PROTO_SYNC)
    return settle({ ...state, counter: 0, trailing: 'nothing', refusals: [] }, sent, { kind: 'done' });
  if ((message.flags & Flag.NAK) !== 0) return onNak(state, sent, message);
  if ((message.flags & Flag.ACK) !== 0) return settle(state, sent, { kind: 'done' });
  if (!message.ended && !sent.givenUp) return { state: { ...state, sent: { ...sent, partial: message } }, effects: [] };
  // What was consumed and did not come is gone.
  if (!message.ended && sent.command.repeatable === 'never') return settle(state, sent, { kind: 'unknown' });
  return settlePart(state, sent, message);
}

function onNak(state: ExchangeState, sent: Sent, message: Message): ExchangeStep {
  const status = message.payload.length < 2 ? Status.UNKNOWN : decodeStatus(message.payload);
  if (status === Status.SEQUENCE) return onRefusal(state, sent, message.sequence);
  switch (status) {
    case Status.CHECKSUM:
      // It arrived damaged and was not executed (PROTOCOL 5).
      return sendAnew(state, sent);
    case Status.FAILED:
      // The channel ran dry in the middle: what it had counts (PROTOCOL 7).
      if (sent.partial !== undefined) return settlePart(state, sent, sent.partial);
      return settle(state, sent, { kind: 'refused', status });
    default:
      return settle(state, sent, { kind: 'refused', status });
  }
}

/** NAK SEQUENCE: the device had this number when it met a copy of the command. */
function onRefusal(state: ExchangeState, { sends, ...rest }: Sent, sequence: number): ExchangeStep {
  // The copy that this refuses is no longer under way.
  const sent: Sent = { ...rest, sends: Math.max(sends - 1, 1) };
  // It bears the command's own sequence, so it refuses a repeat of the command before; this one will be refused, too,
  // by a NAK of its own. To send again now would make copies that chase each other's counter for ever.
  if (sequence === sent.sequence) {
    const late: ExchangeEffect[] = [{ type: 'late' }, { type: 'wait', repeats: sent.silences }];
    return { state: { ...state, sent: { ...sent, refused: true } }, effects: late };
  }
  if (sent.refused) return sendAnew(state, sent);
  if (sent.command.repeatable === 'never') {
    // Sent once, it was not executed (PROTOCOL 5a), unless a wire that brings things twice had it executed and refused:
    // then the count has moved by its reply, and by no more.
    const wasRefused = state.ordered && sends === 1 && ((sequence - sent.sequence) & 0xff) > replyPackets(sent.command);
    return wasRefused ? sendAnew(state, sent) : settle(state, sent, { kind: 'unknown' });
  }
  // Of a reply that had begun the end is lost: what there is of it is kept.
  return sent.partial === undefined ? sendAnew(state, sent) : settlePart(state, sent, sent.partial);
}

function onSilence(state: ExchangeState, forMs: number): ExchangeStep {
  const { sent } = state;
  if (sent === undefined) return { state, effects: [] };
  const { command, sends, before } = sent;
  if (before !== undefined) {
    const { state: next, effects } = ping(state, before, sends);
    const again = next.sent && { ...next.sent, sends: sends + 1 };
    return { state: { ...next, sent: again }, effects: effects.map(behindLastAck(state)) };
  }
  const isSync = command.opcode === Opcode.PROTO_SYNC;
  const harmless = state.sequenced || command.repeatable !== 'never';
  if (sent.refused && harmless) return sendAnew(state, sent);
  if (!state.acks && sent.packets > 0) return probe(state, sent);
  if (!state.sequenced && !isSync && harmless && sent.packets === 0) {
    // A device that does not count executes a copy like any other command, and the two replies could not be told apart.
    const next = ping({ ...state, trailing: 'replies' }, command, sent.silences + 1);
    return { state: next.state, effects: next.effects.map(behindLastAck(state)) };
  }
  return repeat(state, sent, harmless, forMs);
}

const behindLastAck =
  ({ acks }: ExchangeState) =>
  (effect: ExchangeEffect): ExchangeEffect =>
    effect.type === 'send' ? { ...effect, acknowledgements: { last: acks, pokes: [] } } : effect;

/**
 * Sends what may have been lost once more: the last ACK; ACKs of the packets that are missing, with each silence one more,
 * for the device may have gone on to another that was lost; and the command.
 */
function repeat(state: ExchangeState, sent: Sent, harmless: boolean, forMs: number): ExchangeStep {
  const { command, sequence, sends, silences, packets } = sent;
  // A blind ACK could lose what can be read only once, so such a read is left to the device's own timer.
  const isPoked = state.acks && command.reply === 'data' && command.repeatable !== 'never';
  const missing = isPoked ? Math.min(silences + 1, Math.max(replyPackets(command) - 1 - packets, 1)) : 0;
  const { opcode, channel } = command;
  const pokes = Array.from({ length: missing }, (_, i) => {
    return { opcode, channel, flags: Flag.ACK, sequence: (state.counter + i) & 0xff };
  });
  const acknowledgements = { last: state.acks, pokes };
  // In the middle of a reply it is a probe: a device that lost its session, or has sent the last packet, refuses it.
  const isProbed = isPoked ? silences > 0 : forMs >= DEVICE_SILENT_MS;
  const isCopied = packets === 0 ? harmless : state.sequenced && isProbed;
  const flags = opcode === Opcode.PROTO_SYNC ? 0 : Flag.RTX;
  const effect: ExchangeEffect = isCopied
    ? { type: 'send', command, sequence, flags, acknowledgements }
    : { type: 'poke', command, acknowledgements };
  const extraBytes = sent.extraBytes + (1 + missing) * HEADER_BYTES + (isCopied ? copyBytes(command) : 0);
  if (state.acks && command.reply === 'data' && extraBytes > spareBytes(command))
    return leave(state, sent, harmless && forMs >= DEVICE_REPEATS_MS);
  const repeated: Sent = {
    ...sent,
    silences: silences + 1,
    sends: isCopied ? sends + 1 : sends,
    extraBytes,
  };
  return {
    state: { ...state, sent: repeated },
    effects: [effect, { type: 'wait', repeats: silences + 1, forFragment: packets > 0 }],
  };
}

/**
 * Without ACKs nothing is sent again, so what is late and what is lost look alike: a ping behind the reply tells them apart.
 */
function probe(state: ExchangeState, sent: Sent): ExchangeStep {
  const pings = nextPing(state);
  const silences = sent.silences + 1;
  const effects: ExchangeEffect[] = [
    {
      type: 'send',
      command: commands.ping(pings),
      sequence: state.counter,
      flags: 0,
      acknowledgements: NO_ACKNOWLEDGEMENTS,
    },
    { type: 'wait', repeats: silences },
  ];
  return { state: { ...state, pings, sent: { ...sent, silences, probe: pings } }, effects };
}

function spareBytes(command: Command): number {
  return command.spareBytes ?? Infinity;
}

function copyBytes({ payload }: Command): number {
  return OVERHEAD_BYTES + payload.length;
}

/**
 * The device's buffer has no room for all of this. It repeats by itself what is lost of a reply; of a lost command it can't
 * know, so a last copy goes out where there is room for that, and none where it would be executed.
 */
function leave(state: ExchangeState, sent: Sent, mayCopy: boolean): ExchangeStep {
  const { command, sequence, sends, packets } = sent;
  const wait: ExchangeEffect = { type: 'wait', repeats: 0, leastMs: DEVICE_REPEATS_MS };
  const extraBytes = sent.extraBytes + HEADER_BYTES + copyBytes(command);
  if (!mayCopy || packets > 0 || extraBytes > spareBytes(command)) return { state, effects: [wait] };
  const acknowledgements = { last: true, pokes: [] };
  const copy: ExchangeEffect = { type: 'send', command, sequence, flags: Flag.RTX, acknowledgements };
  return { state: { ...state, sent: { ...sent, sends: sends + 1, extraBytes } }, effects: [copy, wait] };
}

/* What a number, or a header, tells about the count (PROTOCOL 4). */

function isAhead(sequence: number, counter: number): boolean {
  return ((sequence - counter) & 0xff) < 128;
}

/** Refusals half a round behind are forgotten, before the count comes round to their numbers again. */
function moved(state: ExchangeState, sequence: number): ExchangeState {
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
const MAX_REFUSALS = 16;

function remembered({ refusals }: ExchangeState, { sequence, channel, flags, opcode }: Packet): readonly Header[] {
  return [...refusals.slice(1 - MAX_REFUSALS), { sequence, channel, flags, opcode }];
}

function sameHeader(a: Header, b: Header): boolean {
  return a.sequence === b.sequence && a.opcode === b.opcode && a.channel === b.channel;
}

/**
 * Whether a device that refuses with this number has begun to count anew: from 0, or, where the count comes round, too
 * far ahead for what can have been missed.
 */
function hasBegunAnew(sequence: number, { counter, sent, trailing, copies }: ExchangeState): boolean {
  if (!isAhead(sequence, counter)) return true;
  const missed = (sequence - counter) & 0xff;
  const packets = copies + (sent === undefined ? 0 : replyPackets(sent.command) + sent.sends);
  const plausible = trailing === 'replies' ? 127 : packets + MAX_REFUSALS;
  return missed > plausible || (sequence < FIRST_NUMBERS && sequence < counter && missed > packets);
}

/** Packets that the reply to a command may take, at most: a channel that runs dry adds a NAK to its data. */
function replyPackets({ replyLimit }: Command): number {
  return Math.ceil(replyLimit / SHORTEST_FRAGMENT_BYTES) + 1;
}

/** The smallest buffer's payload; smaller fragments are asked for by nobody. */
const SHORTEST_FRAGMENT_BYTES = 498;
/** A device that begins anew is met with one of these. */
const FIRST_NUMBERS = 4;

function refusesSequence({ flags, payload }: Packet): boolean {
  return (flags & Flag.NAK) !== 0 && payload.length >= 2 && decodeStatus(payload) === Status.SEQUENCE;
}

function isPing({ opcode, channel, flags }: Header): boolean {
  return opcode === commands.ping(channel).opcode && channel !== 0 && (flags & Flag.NAK) !== 0;
}

function isFor({ opcode, channel }: Header, { command }: Sent): boolean {
  return opcode === command.opcode && channel === command.channel;
}

function isReply(packet: Header, sent: Sent): boolean {
  return isFor(packet, sent) && !((packet.flags & Flag.ACK) !== 0 && isOfAnother(packet, sent));
}

/**
 * What it is answered with first bears the command's own number, unless that is refused for it; or that of a copy, where the
 * first of them has told the device to count no more.
 */
function isOfAnother({ sequence }: Header, { command, packets, sends, ...sent }: Sent): boolean {
  const ofCopy = command.opcode === Opcode.PROTO_SET_CAPS && sends > 1;
  return packets === 0 && sequence !== sent.sequence && !ofCopy;
}

/*
 * How a command begins and ends. What was sent twice may still arrive, and what was given up may still be answered. A
 * command that this could be taken for, or that could be refused for it, waits behind a ping: the camera answers in
 * order, so the ping's answer is the last of what came before.
 */

function start(state: ExchangeState, command: Command): ExchangeStep {
  return needsPing(state, command) ? ping(state, command, 0) : send(state, command, undefined, 0);
}

/**
 * A copy that comes late is refused and moves the counter, so that the next command is refused, too, which for one that
 * was executed and arrived twice looks the same. And a reply that comes late looks like that of the next.
 */
function needsPing({ trailing, sequenced }: ExchangeState, { opcode, reply, repeatable }: Command): boolean {
  if (opcode === Opcode.PROTO_SYNC || reply === 'none') return false;
  // A device that has stopped counting executes the copy, and its answer looks like that of the next command.
  return trailing === 'replies' || (trailing === 'copies' && (repeatable === 'never' || !sequenced));
}

/** Pings bear numbers in their channel, which a reply repeats: of each, the device says INVALID or SEQUENCE (PROTOCOL 3). */
const PING_NUMBERS = 31;

function nextPing({ pings }: ExchangeState): number {
  return (pings % PING_NUMBERS) + 1;
}

function ping(state: ExchangeState, before: Command, repeats: number): ExchangeStep {
  const pings = nextPing(state);
  return send({ ...state, pings }, commands.ping(pings), before, repeats);
}

function send(state: ExchangeState, command: Command, before: Command | undefined, repeats: number): ExchangeStep {
  // A SYNC carries sequence 0 and sets both counters to 0 (PROTOCOL 4).
  const sequence = command.opcode === Opcode.PROTO_SYNC ? 0 : state.counter;
  const sending: ExchangeEffect = {
    type: 'send',
    command,
    sequence,
    flags: 0,
    acknowledgements: NO_ACKNOWLEDGEMENTS,
  };
  if (command.reply === 'none') {
    return { state: { ...state, sent: undefined }, effects: [sending, { type: 'settle', outcome: { kind: 'done' } }] };
  }
  const sent: Sent = {
    command,
    sequence,
    sends: 1,
    silences: 0,
    extraBytes: 0,
    packets: 0,
    bytes: 0,
    partial: undefined,
    givenUp: false,
    probe: undefined,
    refused: false,
    before,
  };
  return { state: { ...state, counter: sequence, sent }, effects: [sending, { type: 'wait', repeats }] };
}

function sendAnew(state: ExchangeState, sent: Sent): ExchangeStep {
  return start(left(state, sent), sent.command);
}

/** A command is done with, though copies of it may be under way. Of those before it, none is: what is sent stays in order. */
function left(state: ExchangeState, { sends }: Sent): ExchangeState {
  if (sends > 1) return { ...state, copies: sends - 1, trailing: state.trailing === 'replies' ? 'replies' : 'copies' };
  return state.trailing === 'copies' ? { ...state, trailing: 'nothing' } : state;
}

function settle(state: ExchangeState, sent: Sent, outcome: Outcome): ExchangeStep {
  return { state: { ...left(state, sent), sent: undefined }, effects: [{ type: 'settle', outcome }] };
}

/** Where its beginning was lost, how much that was can't be told, but for the length that was asked for. */
function settlePart(state: ExchangeState, sent: Sent, message: Message): ExchangeStep {
  const { repeatable, into, replyLimit } = sent.command;
  if (message.sequence === sent.sequence) return settle(state, sent, { kind: 'data', message });
  if (repeatable === 'never') return settle(state, sent, { kind: 'unknown' });
  const isRest = into !== undefined && message.ended && message.payload.length < replyLimit;
  return isRest
    ? settle(state, sent, { kind: 'data', message: behindHole(message, replyLimit - message.payload.length) })
    : sendAnew(state, sent);
}

function behindHole(message: Message, hole: number): Message {
  const payload = new Uint8Array(hole + message.payload.length);
  payload.set(message.payload, hole);
  const behind = message.missing.map(({ offset, length }) => ({ offset: offset + hole, length }));
  return { ...message, payload, missing: [{ offset: 0, length: hole }, ...behind] };
}

import { Flag } from '../wire/flags.js';
import { Opcode } from '../wire/opcode.js';
import type { Header, Packet } from '../wire/packet.js';
import { decodeStatus } from '../wire/payloads/index.js';
import type { Message } from '../wire/reassembler.js';
import { Status } from '../wire/status.js';
import { commands, type Command } from './command.js';

/*
 * The sequence rules of PROTOCOL 4 and 5 as a table: state and input in, new state and effects out. It knows no time,
 * no bytes and no RxJS; its runner (link.ts) owns the timers, the writes and the queue.
 *
 *                 start          reply             silence           silence, too often
 *        idle ────────────▶ sent ──────▶ idle      sent ──▶ sent     sent ──▶ (resynchronise)
 *                             │  NAK CHECKSUM, or another packet has its sequence (not executed): sent anew
 *                             └─ NAK SEQUENCE otherwise: it was executed, or refused, and the reply is lost
 *
 * What was sent twice may still arrive, and what was given up may still be answered. A command that this could be taken
 * for, or that could be refused for it, waits behind a ping: the camera answers in order, so the ping's answer is the
 * last of what came before.
 */

/** Silence after which the session itself is in doubt: a device repeats after 500 ms and, at worst, after 1 s more. */
const DOUBT_AFTER_MS = 2000;

/** How late the next fragment of a reply may be: a host that is busy meets it this late, too. */
const LATE_MS = 40;

const LOST_SESSION = 'the camera lost its session';

/** A command that was sent and has not ended. */
export interface Sent {
  readonly command: Command;
  readonly sequence: number;
  /** How often it was sent with this sequence. */
  readonly sends: number;
  /** How often nothing came for as long as a reply may take, since the last packet of its reply. */
  readonly silences: number;
  /** Packets of its reply that came, and their bytes. */
  readonly packets: number;
  readonly bytes: number;
  /** The data that stood before a NAK, in a reply that ran dry. */
  readonly partial: Message | undefined;
  /** The rest of the reply is no longer waited for. */
  readonly givenUp: boolean;
  /** Another packet took its sequence, so the device refuses it, or has: it was not executed. */
  readonly refused: boolean;
  /** What this is a ping for: sent when it is answered. */
  readonly before: Command | undefined;
}

/**
 * What may still be under way of commands that ended: nothing, copies of them, which the device will refuse, or packets
 * of a reply that was given up.
 */
export type Trailing = 'nothing' | 'copies' | 'replies';

export interface ExchangeState {
  /** The host's copy of the device's counter: what the next command carries. */
  readonly counter: number;
  /** Whether the device waits for acknowledgements; if not, it repeats nothing. */
  readonly acks: boolean;
  readonly sent: Sent | undefined;
  readonly trailing: Trailing;
  /** Of pings, so that each answer tells which of them it is for. */
  readonly pings: number;
  /** Refusals that came last, to know one by that comes twice. */
  readonly refusals: readonly Header[];
}

export type ExchangeInput =
  | { readonly type: 'start'; readonly command: Command }
  /** An intact packet that was not there before. */
  | { readonly type: 'packet'; readonly packet: Packet }
  /** A packet whose payload is damaged: what its header says happened all the same. */
  | { readonly type: 'damaged'; readonly header: Header }
  /** What the packets that were accepted mean. */
  | { readonly type: 'message'; readonly message: Message }
  /** Nothing came for as long as a reply may take; `forMs` in all since the command began or something of its reply came. */
  | { readonly type: 'silence'; readonly forMs: number }
  /** The command is no longer waited for. */
  | { readonly type: 'abandon' };

export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'data'; readonly message: Message }
  | { readonly kind: 'refused'; readonly status: number }
  /** It was executed, or refused, and which of them is lost. */
  | { readonly kind: 'unknown' }
  /** More data than the command can have asked for. */
  | { readonly kind: 'overrun' };

export type ExchangeEffect =
  | { readonly type: 'send'; readonly command: Command; readonly sequence: number; readonly flags: number }
  /** Send the last acknowledgement again: if it was lost, the device waits for it and hears nothing else. */
  | { readonly type: 'acknowledge' }
  /** Ask for the packet of this sequence (PROTOCOL 5a). */
  | { readonly type: 'poke'; readonly command: Command; readonly sequence: number }
  /** Hand the packet on: it belongs to the reply. */
  | { readonly type: 'accept' }
  | { readonly type: 'settle'; readonly outcome: Outcome }
  /** End the run of fragments that is under way: what is missing won't come. */
  | { readonly type: 'give-up' }
  /** A copy of an earlier command was refused: it was sent again too early. */
  | { readonly type: 'late' }
  /** Something came or went: wait for silence anew, longer with each repeat. */
  | { readonly type: 'wait'; readonly repeats: number }
  | { readonly type: 'resynchronise'; readonly cause: string };

export interface ExchangeStep {
  readonly state: ExchangeState;
  readonly effects: readonly ExchangeEffect[];
}

export const IDLE: ExchangeState = {
  counter: 0,
  acks: true,
  sent: undefined,
  trailing: 'nothing',
  pings: 0,
  refusals: [],
};

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

function start(state: ExchangeState, command: Command): ExchangeStep {
  return needsPing(state, command) ? ping(state, command, 0) : send(state, command, undefined, 0);
}

/**
 * A copy that comes late is refused and moves the counter, so that the next command is refused, too, which for one that
 * was executed and arrived twice looks the same. And a reply that comes late looks like that of the next.
 */
function needsPing({ trailing }: ExchangeState, { opcode, reply, repeatable }: Command): boolean {
  if (opcode === Opcode.PROTO_SYNC || reply === 'none') return false;
  return trailing === 'replies' || (trailing === 'copies' && repeatable === 'never');
}

/** Pings bear numbers in their channel, which a reply repeats: of each, the device says INVALID or SEQUENCE (PROTOCOL 3). */
const PING_NUMBERS = 31;

function ping(state: ExchangeState, before: Command, repeats: number): ExchangeStep {
  const pings = (state.pings % PING_NUMBERS) + 1;
  return send({ ...state, pings }, commands.ping(pings), before, repeats);
}

function send(state: ExchangeState, command: Command, before: Command | undefined, repeats: number): ExchangeStep {
  // A SYNC carries sequence 0 and sets both counters to 0 (PROTOCOL 4).
  const sequence = command.opcode === Opcode.PROTO_SYNC ? 0 : state.counter;
  const sending: ExchangeEffect = { type: 'send', command, sequence, flags: 0 };
  if (command.reply === 'none') {
    return { state: { ...state, sent: undefined }, effects: [sending, { type: 'settle', outcome: { kind: 'done' } }] };
  }
  const sent: Sent = {
    command,
    sequence,
    sends: 1,
    silences: 0,
    packets: 0,
    bytes: 0,
    partial: undefined,
    givenUp: false,
    refused: false,
    before,
  };
  return { state: { ...state, counter: sequence, sent }, effects: [sending, { type: 'wait', repeats }] };
}

function onPacket(state: ExchangeState, packet: Packet): ExchangeStep {
  const { sent, counter } = state;
  if ((packet.flags & Flag.EVENT) !== 0) return onEvent(state, packet.sequence);
  if (packet.opcode === Opcode.PROTO_SYNC) return onSyncReply(state);
  const isNak = (packet.flags & Flag.NAK) !== 0;
  if (isNak && state.refusals.some((seen) => sameHeader(seen, packet))) return { state, effects: [] };
  const refusals = isNak ? remembered(state, packet) : state.refusals;
  if (refusesSequence(packet) && hasBegunAnew(packet.sequence, state)) {
    // Where it refuses an earlier command it may just be late; if it is not, the present one is refused as well.
    const concerned = sent !== undefined && isFor(packet, sent);
    const effects: ExchangeEffect[] = concerned ? [{ type: 'resynchronise', cause: LOST_SESSION }] : [];
    return { state: { ...state, refusals }, effects };
  }
  const next = { ...moved(state, packet.sequence), refusals };
  if (sent === undefined) return { state: next, effects: refusesSequence(packet) ? [{ type: 'late' }] : [] };
  if (!isAhead(packet.sequence, counter)) return { state: next, effects: [] };
  if (sent.before !== undefined && isPing(packet)) return onPingReply(next, sent, sent.before, packet);
  if (!isReply(packet, sent) || (isNak && !refusesSequence(packet) && isOfAnother(packet, sent))) {
    // A straggler, such as the refusal of a repeat of an earlier command: it moved the device's counter all the same.
    const refused = sent.refused || packet.sequence === sent.sequence;
    const late: ExchangeEffect[] = [{ type: 'late' }, { type: 'wait', repeats: sent.silences }];
    return { state: { ...next, sent: { ...sent, refused } }, effects: refusesSequence(packet) ? late : [] };
  }
  const bytes = sent.bytes + ((packet.flags & (Flag.ACK | Flag.NAK)) === 0 ? packet.payload.length : 0);
  if (bytes > sent.command.replyLimit) {
    return {
      state: { ...next, sent: undefined },
      effects: [
        { type: 'settle', outcome: { kind: 'overrun' } },
        { type: 'resynchronise', cause: 'a reply longer than was asked for' },
      ],
    };
  }
  return {
    state: { ...next, sent: { ...sent, silences: 0, packets: sent.packets + 1, bytes } },
    effects: [{ type: 'wait', repeats: 0 }, { type: 'accept' }],
  };
}

function isAhead(sequence: number, counter: number): boolean {
  return ((sequence - counter) & 0xff) < 128;
}

function moved(state: ExchangeState, sequence: number): ExchangeState {
  return isAhead(sequence, state.counter) ? { ...state, counter: (sequence + 1) & 0xff } : state;
}

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
function hasBegunAnew(sequence: number, { counter, sent, trailing }: ExchangeState): boolean {
  if (!isAhead(sequence, counter)) return true;
  const missed = (sequence - counter) & 0xff;
  const packets = Math.ceil((sent?.command.replyLimit ?? 0) / SHORTEST_FRAGMENT_BYTES);
  const plausible = trailing === 'replies' ? 127 : packets + MAX_REFUSALS;
  return missed > plausible || (sequence < FIRST_NUMBERS && sequence < counter);
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

/** The device has dealt with all that was sent before this ping; of those after it the last is waited for. */
function onPingReply(state: ExchangeState, sent: Sent, before: Command, reply: Header): ExchangeStep {
  if (reply.channel !== sent.command.channel) return { state, effects: [{ type: 'wait', repeats: sent.sends }] };
  return send({ ...state, trailing: 'nothing' }, before, undefined, 0);
}

/** The header of a packet tells the device's counter, and what it was, though its payload is lost. */
function onDamaged(state: ExchangeState, header: Header): ExchangeStep {
  const { sent } = state;
  const { sequence, flags, opcode } = header;
  // What asks for an acknowledgement comes again with the same number; what does not is over.
  if ((flags & (Flag.EVENT | Flag.ACK_REQ)) !== 0 || opcode === Opcode.PROTO_SYNC) return { state, effects: [] };
  if (sent === undefined || hasBegunAnew(sequence, state)) return { state, effects: [] };
  if (sent.before !== undefined && isPing(header))
    return onPingReply(moved(state, sequence), sent, sent.before, header);
  if (!isReply(header, sent)) {
    const refused = sent.refused || sequence === sent.sequence;
    return { state: { ...moved(state, sequence), sent: { ...sent, refused } }, effects: [] };
  }
  if ((flags & Flag.NAK) !== 0) {
    // Only NAK SEQUENCE bears another number than the command.
    return sequence === sent.sequence
      ? { state: moved(state, sequence), effects: [] }
      : onRefusal(moved(state, sequence), sent, sequence);
  }
  // A fragment that is followed by others shows as a gap.
  if ((flags & Flag.FRAGMENT) !== 0) return { state, effects: [] };
  if (sent.packets > 0)
    return { state: { ...state, sent: { ...sent, givenUp: true } }, effects: [{ type: 'give-up' }] };
  const next = moved(state, sequence);
  return sent.command.repeatable === 'never' ? { state: next, effects: [] } : sendAnew(next, sent);
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

function isFor({ opcode, channel }: Header, { command }: Sent): boolean {
  return opcode === command.opcode && channel === command.channel;
}

function isReply(packet: Header, sent: Sent): boolean {
  return isFor(packet, sent) && !((packet.flags & Flag.ACK) !== 0 && isOfAnother(packet, sent));
}

/** What it is answered with first bears the command's own number, unless that is refused for it. */
function isOfAnother({ sequence }: Header, sent: Sent): boolean {
  return sent.packets === 0 && sequence !== sent.sequence;
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
  const next: ExchangeState = message.ended ? state : { ...state, trailing: 'replies' };
  // What was consumed and did not come is gone.
  if (!message.ended && sent.command.repeatable === 'never') return settle(next, sent, { kind: 'unknown' });
  return settlePart(next, sent, message);
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
function onRefusal(state: ExchangeState, sent: Sent, sequence: number): ExchangeStep {
  // It bears the command's own sequence, so it refuses a repeat of the command before; this one will be refused, too,
  // by a NAK of its own. To send again now would make copies that chase each other's counter for ever.
  if (sequence === sent.sequence) {
    const late: ExchangeEffect[] = [{ type: 'late' }, { type: 'wait', repeats: sent.silences }];
    return { state: { ...state, sent: { ...sent, refused: true } }, effects: late };
  }
  if (sent.refused) return sendAnew(state, sent);
  if (sent.command.repeatable === 'never') return settle(state, sent, { kind: 'unknown' });
  // Of a reply that had begun the end is lost: what there is of it is kept.
  return sent.partial === undefined ? sendAnew(state, sent) : settlePart(state, sent, sent.partial);
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

function sendAnew(state: ExchangeState, sent: Sent): ExchangeStep {
  return start(left(state, sent), sent.command);
}

/** A command is done with, though copies of it may be under way. Of those before it, none is: what is sent stays in order. */
function left(state: ExchangeState, { sends }: Sent): ExchangeState {
  if (sends > 1) return { ...state, trailing: state.trailing === 'replies' ? 'replies' : 'copies' };
  return state.trailing === 'copies' ? { ...state, trailing: 'nothing' } : state;
}

function onSilence(state: ExchangeState, forMs: number): ExchangeStep {
  const { sent, counter } = state;
  if (sent === undefined) return { state, effects: [] };
  const { command, sequence, sends, before } = sent;
  const isSync = command.opcode === Opcode.PROTO_SYNC;
  // A SYNC would leave a command that changes something unknown: it has until its deadline.
  if (forMs >= DOUBT_AFTER_MS && !isSync && (before ?? command).repeatable !== 'never') {
    return { state, effects: [{ type: 'resynchronise', cause: 'no answer' }] };
  }
  if (before !== undefined) {
    const { state: next, effects } = ping(state, before, sends);
    const again = next.sent && { ...next.sent, sends: sends + 1 };
    return { state: { ...next, sent: again }, effects: state.acks ? [{ type: 'acknowledge' }, ...effects] : effects };
  }
  if (sent.refused) return sendAnew(state, sent);
  if (!state.acks && sent.packets > 0) {
    // Nothing is asked for again without acknowledgements, so what is only late would be lost.
    if (forMs < LATE_MS) return { state, effects: [{ type: 'wait', repeats: 1 }] };
    // The rest is read again by its offset.
    return { state: { ...state, sent: { ...sent, givenUp: true } }, effects: [{ type: 'give-up' }] };
  }
  const effects: ExchangeEffect[] = [];
  if (state.acks) effects.push({ type: 'acknowledge' });
  // A blind ACK could lose what can be read only once, so such a read is left to the device's own timer.
  if (state.acks && command.reply === 'data' && command.repeatable !== 'never') {
    effects.push({ type: 'poke', command, sequence: counter });
  }
  // In the middle of a reply it is a probe: a device that lost its session refuses it, and so tells.
  const again = sent.packets === 0 || sent.silences > 0;
  if (again) effects.push({ type: 'send', command, sequence, flags: isSync ? 0 : Flag.RTX });
  const silences = sent.silences + 1;
  effects.push({ type: 'wait', repeats: silences });
  return { state: { ...state, sent: { ...sent, silences, sends: again ? sends + 1 : sends } }, effects };
}

function settle(state: ExchangeState, sent: Sent, outcome: Outcome): ExchangeStep {
  return { state: { ...left(state, sent), sent: undefined }, effects: [{ type: 'settle', outcome }] };
}

import { Flag } from '../wire/flags.js';
import { Opcode } from '../wire/opcode.js';
import type { Header, Packet } from '../wire/packet.js';
import { decodeStatus } from '../wire/payloads/index.js';
import type { Message } from '../wire/reassembler.js';
import { Status } from '../wire/status.js';
import type { Command } from './command.js';
import {
  hasBegunAnew,
  isAhead,
  isFor,
  isOfAnother,
  isPing,
  isReply,
  MAX_REFUSALS,
  moved,
  refusesSequence,
  remembered,
  replyPackets,
  sameHeader,
} from './exchange-rules.js';
import { ping, send, sendAnew, settle, start } from './exchange-sending.js';
import type { ExchangeEffect, ExchangeInput, ExchangeState, ExchangeStep, Sent } from './exchange-state.js';
import { settlePart } from './reply-part.js';

/*
 * The sequence rules of PROTOCOL 4 and 5 as a table: state and input in, new state and effects out. It knows no time,
 * no bytes and no RxJS; its runner (link.ts) owns the timers, the writes and the queue.
 *
 *                 start          reply             silence           silence, too often
 *        idle ────────────▶ sent ──────▶ idle      sent ──▶ sent     sent ──▶ (resynchronise)
 *                             │  NAK CHECKSUM, or another packet has its sequence (not executed): sent anew
 *                             └─ NAK SEQUENCE otherwise: it was executed, or refused, and the reply is lost
 */

/** How late the next fragment of a reply may be: a host that is busy meets it this late, too. */
const LATE_MS = 40;

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
      return onSilence(state, input.forMs, input.patienceMs);
    case 'abandon':
      return { state: { ...state, sent: undefined }, effects: [] };
  }
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
  const next = onSilence(state, 0, Infinity);
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
  if (sent.command.repeatable === 'never') {
    // Sent once, it was not executed (PROTOCOL 5a), unless a wire that brings things twice had it executed and refused:
    // then the count has moved by its reply, and by no more.
    const wasRefused = sent.sends === 1 && ((sequence - sent.sequence) & 0xff) > replyPackets(sent.command);
    return wasRefused ? sendAnew(state, sent) : settle(state, sent, { kind: 'unknown' });
  }
  // Of a reply that had begun the end is lost: what there is of it is kept.
  return sent.partial === undefined ? sendAnew(state, sent) : settlePart(state, sent, sent.partial);
}

function onSilence(state: ExchangeState, forMs: number, patienceMs: number): ExchangeStep {
  const { sent, counter } = state;
  if (sent === undefined) return { state, effects: [] };
  const { command, sequence, sends, before } = sent;
  const isSync = command.opcode === Opcode.PROTO_SYNC;
  // A SYNC would leave a command that changes something unknown: it has until its deadline.
  if (forMs >= patienceMs && !isSync && (before ?? command).repeatable !== 'never') {
    return { state, effects: [{ type: 'resynchronise', cause: 'no answer' }] };
  }
  if (before !== undefined) {
    const { state: next, effects } = ping(state, before, sends);
    const again = next.sent && { ...next.sent, sends: sends + 1 };
    return { state: { ...next, sent: again }, effects: state.acks ? [{ type: 'acknowledge' }, ...effects] : effects };
  }
  const harmless = state.sequenced || command.repeatable !== 'never';
  if (sent.refused && harmless) return sendAnew(state, sent);
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
  if (!state.sequenced && !isSync && harmless && sent.packets === 0) {
    // A device that does not count executes a copy like any other command, and the two replies could not be told apart.
    const next = ping({ ...state, trailing: 'replies' }, command, sent.silences + 1);
    return { state: next.state, effects: [...effects, ...next.effects] };
  }
  // In the middle of a reply it is a probe: a device that lost its session refuses it, and so tells.
  const again = sent.packets === 0 ? harmless : state.sequenced && sent.silences > 0;
  if (again) effects.push({ type: 'send', command, sequence, flags: isSync ? 0 : Flag.RTX });
  const silences = sent.silences + 1;
  effects.push({ type: 'wait', repeats: silences });
  return { state: { ...state, sent: { ...sent, silences, sends: again ? sends + 1 : sends } }, effects };
}

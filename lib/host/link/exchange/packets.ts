import { Flag } from '../../../wire/flags.js';
import { Opcode } from '../../../wire/opcode.js';
import type { Header, Packet } from '../../../wire/packet.js';
import type { Command } from '../command.js';
import { isFarFrom, isLateRefusal, onFlightDamaged, onFlightEvent, onFlightPacket } from './flight.js';
import { onRefusal } from './replies.js';
import { send, sendAnew, settled } from './send.js';
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
  sameHeader,
} from './sequence.js';
import { onSilence } from './silence.js';
import type { ExchangeEffect, ExchangeState, ExchangeStep, Sent } from './state.js';

/* What an arriving packet means: the reply that is waited for, an event, or a straggler of earlier commands. */

const LOST_SESSION = 'the camera lost its session';

export function onPacket(state: ExchangeState, packet: Packet): ExchangeStep {
  const { sent, counter } = state;
  if ((packet.flags & Flag.EVENT) !== 0) return onEvent(state, packet);
  if (packet.opcode === Opcode.PROTO_SYNC) return onSyncReply(state, packet);
  const isNak = (packet.flags & Flag.NAK) !== 0;
  if (isNak && state.refusals.some((seen) => sameHeader(seen, packet)))
    return { state: { ...state, ordered: false }, effects: [] };
  const refusals = isNak ? remembered(state, packet) : state.refusals;
  if (refusesSequence(packet) && hasBegunAnew(packet.sequence, state)) {
    if (isLateRefusal(state, packet)) return { state: { ...state, refusals, ordered: false }, effects: [] };
    // A refusal of an earlier command may just be late. If it is not, the present command is refused as well.
    const concerned = [...(sent === undefined ? [] : [sent]), ...state.flight].some((one) => isFor(packet, one));
    const effects: ExchangeEffect[] = concerned ? [{ type: 'resynchronise', cause: LOST_SESSION }] : [];
    return { state: { ...state, refusals }, effects };
  }
  const ordered = state.ordered && (isAhead(packet.sequence, counter) || (packet.flags & Flag.RTX) !== 0);
  const next = moved({ ...state, refusals, ordered }, packet.sequence);
  if (next.flight.length > 0)
    return isAhead(packet.sequence, counter) ? onFlightPacket(next, packet) : { state: next, effects: [] };
  if (sent === undefined) return refusesSequence(packet) ? onCopyRefused(next) : { state: next, effects: [] };
  if (!isAhead(packet.sequence, counter)) return { state: next, effects: [] };
  if (sent.probe !== undefined && isPing(packet)) return onProbed(next, sent, packet);
  if (sent.before !== undefined && isPing(packet)) return onPingReply(next, sent, sent.before, packet);
  if (!isReply(packet, sent) || (isNak && !refusesSequence(packet) && isOfAnother(packet, sent))) {
    // A straggler, such as the refusal of a copy of an earlier command. It moved the device's counter all the same.
    const refused = sent.refused || packet.sequence === sent.sequence;
    const late: ExchangeEffect[] = [{ type: 'late' }, { type: 'wait', repeats: sent.silences }];
    return { state: { ...next, sent: { ...sent, refused } }, effects: refusesSequence(packet) ? late : [] };
  }
  return onReply(next, sent, packet);
}

function onReply(state: ExchangeState, sent: Sent, packet: Packet): ExchangeStep {
  const bytes = sent.bytes + ((packet.flags & (Flag.ACK | Flag.NAK)) === 0 ? packet.payload.length : 0);
  if (bytes > sent.command.replyLimit) {
    // The rest of the reply may still arrive. It does not answer the next command.
    const over: ExchangeState = { ...state, sent: undefined, trailing: 'replies' };
    return {
      state: over,
      effects: [{ type: 'give-up' }, settled(over, sent.before ?? sent.command, { kind: 'overrun' })],
    };
  }
  const isFirst = sent.packets === 0 && sent.sequence === packet.sequence && (packet.flags & Flag.NAK) === 0;
  return {
    state: { ...state, sent: { ...sent, silences: 0, packets: sent.packets + 1, bytes } },
    effects: [
      { type: 'wait', repeats: 0, forFragment: state.acks },
      { type: 'deliver', packet, isFirst },
    ],
  };
}

/** A copy of the last command was refused. After the last refusal nothing is under way any more. */
function onCopyRefused(state: ExchangeState): ExchangeStep {
  const copies = Math.max(state.copies - 1, 0);
  const trailing = copies === 0 && state.trailing === 'copies' ? 'nothing' : state.trailing;
  const resume: ExchangeEffect[] = trailing === 'copies' ? [] : [{ type: 'resume' }];
  return { state: { ...state, copies, trailing }, effects: [{ type: 'late' }, ...resume] };
}

/** The device answers in order, so no more of the reply will arrive. */
function onProbed(state: ExchangeState, sent: Sent, { channel }: Header): ExchangeStep {
  if (channel !== sent.probe) return { state, effects: [] };
  return { state: { ...state, sent: { ...sent, givenUp: true } }, effects: [{ type: 'give-up' }] };
}

/** The device has dealt with everything that was sent before this ping. If several pings were sent, the last one counts. */
function onPingReply(state: ExchangeState, sent: Sent, before: Command, reply: Header): ExchangeStep {
  if (reply.channel !== sent.command.channel) return { state, effects: [{ type: 'wait', repeats: sent.sends }] };
  return send({ ...state, trailing: 'nothing' }, before, undefined, 0);
}

/**
 * The header of a damaged packet still tells the device's counter and what the packet was. If the packet asks for an ACK and
 * its data can be had in another way, it is acknowledged; otherwise the device repeats it by its own timer.
 */
export function onDamaged(state: ExchangeState, header: Header): ExchangeStep {
  const { sent } = state;
  const { sequence, flags, opcode } = header;
  if ((flags & Flag.EVENT) !== 0 || opcode === Opcode.PROTO_SYNC) return { state, effects: [] };
  const asks = (flags & Flag.ACK_REQ) !== 0;
  if (hasBegunAnew(sequence, state)) {
    // A repeat of a packet that has arrived: its ACK was lost.
    const isRepeat = asks && (flags & Flag.RTX) !== 0 && ((state.counter - sequence) & 0xff) <= MAX_REFUSALS;
    return { state, effects: isRepeat ? [{ type: 'acknowledge', header }] : [] };
  }
  if (state.flight.length > 0) {
    const step = onFlightDamaged(state, header);
    return asks ? { ...step, effects: [{ type: 'acknowledge', header }, ...step.effects] } : step;
  }
  const isAwaited = sent !== undefined && isReply(header, sent);
  if (asks && isAwaited && sent.command.repeatable === 'never') return { state, effects: [] };
  const step = onDamagedOnce(moved(state, sequence), header, sent);
  return asks ? { ...step, effects: [{ type: 'acknowledge', header }, ...step.effects] } : step;
}

/** A damaged packet that the device does not repeat. */
function onDamagedOnce(state: ExchangeState, header: Header, sent: Sent | undefined): ExchangeStep {
  const { sequence, flags } = header;
  if (sent === undefined) return { state, effects: [] };
  if (sent.probe !== undefined && isPing(header)) return onProbed(state, sent, header);
  if (sent.before !== undefined && isPing(header)) return onPingReply(state, sent, sent.before, header);
  if (!isReply(header, sent)) {
    const refused = sent.refused || sequence === sent.sequence;
    return { state: { ...state, sent: { ...sent, refused } }, effects: [] };
  }
  // Only NAK SEQUENCE has another number than the command.
  if ((flags & Flag.NAK) !== 0)
    return sequence === sent.sequence ? { state, effects: [] } : onRefusal(state, sent, sequence);
  // A fragment with others behind it leaves a gap, which the reassembler sees.
  if ((flags & Flag.FRAGMENT) !== 0) return { state, effects: [{ type: 'wait', repeats: 0, forFragment: state.acks }] };
  if (sent.packets > 0)
    return { state: { ...state, sent: { ...sent, givenUp: true } }, effects: [{ type: 'give-up' }] };
  return sent.command.repeatable === 'never' ? { state, effects: [] } : sendAnew(state, sent);
}

/**
 * An event has the counter's present value and does not move it (PROTOCOL 4), so it reveals lost packets. It is one behind if
 * the device waits for the acknowledgement of a packet that has arrived, and further behind if the event is late.
 */
function onEvent(state: ExchangeState, packet: Packet): ExchangeStep {
  const { sent, counter } = state;
  const deliver: ExchangeEffect = { type: 'deliver', packet, isFirst: false };
  const behind = (counter - packet.sequence) & 0xff;
  if (state.flight.length > 0 && (behind <= MAX_REFUSALS || behind > 128)) {
    const next = isFarFrom(state, packet.sequence) ? { state, effects: [] } : onFlightEvent(state, packet);
    return { state: next.state, effects: [...next.effects, deliver] };
  }
  if (
    (sent === undefined && state.flight.length === 0) ||
    behind <= MAX_REFUSALS ||
    sent?.command.opcode === Opcode.PROTO_SYNC
  )
    return { state, effects: [deliver] };
  if (behind <= 128) return { state, effects: [{ type: 'resynchronise', cause: LOST_SESSION }, deliver] };
  // The reply was sent and did not arrive, so do not wait for it.
  const next = onSilence(state, 0);
  return { state: next.state, effects: [...next.effects, deliver] };
}

/** The ACK of a SYNC has sequence 0, and so has the next command: the ACK does not move the counter (PROTOCOL 4). */
function onSyncReply(state: ExchangeState, packet: Packet): ExchangeStep {
  const { sent } = state;
  if (sent?.command.opcode !== Opcode.PROTO_SYNC) return { state, effects: [] };
  const isFirst = sent.packets === 0 && packet.sequence === 0 && (packet.flags & Flag.NAK) === 0;
  return { state, effects: [{ type: 'deliver', packet, isFirst }] };
}

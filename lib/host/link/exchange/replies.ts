import { Flag } from '../../../wire/flags.js';
import { Opcode } from '../../../wire/opcode.js';
import { decodeStatus } from '../../../wire/payloads/index.js';
import type { Message } from '../../../wire/reassembler.js';
import { Status } from '../../../wire/status.js';
import { sendAnew, settle } from './send.js';
import { replyPackets } from './sequence.js';
import type { ExchangeEffect, ExchangeState, ExchangeStep, Sent } from './state.js';

/* How a reply, joined to one message, ends its command. */

export function onMessage(state: ExchangeState, message: Message): ExchangeStep {
  const { sent } = state;
  if (sent === undefined) return { state, effects: [] };
  if (message.opcode === Opcode.PROTO_SYNC)
    return settle({ ...state, counter: 0, trailing: 'nothing', refusals: [] }, sent, { kind: 'done' });
  if ((message.flags & Flag.NAK) !== 0) return onNak(state, sent, message);
  if ((message.flags & Flag.ACK) !== 0) return settle(state, sent, { kind: 'done' });
  if (!message.ended && !sent.givenUp) return { state: { ...state, sent: { ...sent, partial: message } }, effects: [] };
  // The read consumed the missing data, so they cannot be read again.
  if (!message.ended && sent.command.repeatable === 'never') return settle(state, sent, { kind: 'unknown' });
  return settlePart(state, sent, message);
}

function onNak(state: ExchangeState, sent: Sent, message: Message): ExchangeStep {
  const status = message.payload.length < 2 ? Status.UNKNOWN : decodeStatus(message.payload);
  if (status === Status.SEQUENCE) return onRefusal(state, sent, message.sequence);
  switch (status) {
    case Status.CHECKSUM:
      // The command arrived damaged and was not executed (PROTOCOL 5).
      return sendAnew(state, sent);
    case Status.FAILED:
      // The channel ran dry in the middle; the data before the NAK count (PROTOCOL 7).
      if (sent.partial !== undefined) return settlePart(state, sent, sent.partial);
      return settle(state, sent, { kind: 'refused', status });
    default:
      return settle(state, sent, { kind: 'refused', status });
  }
}

/** NAK SEQUENCE: `sequence` is the device's counter at the moment when a copy of the command arrived. */
export function onRefusal(state: ExchangeState, { sends, ...rest }: Sent, sequence: number): ExchangeStep {
  // The refused copy is no longer under way.
  const sent: Sent = { ...rest, sends: Math.max(sends - 1, 1) };
  // A NAK with the command's own sequence refuses a copy of the command before. The device will refuse this command, too, with
  // another NAK. If it were sent again now, the copies would chase each other's counter without end.
  if (sequence === sent.sequence) {
    const late: ExchangeEffect[] = [{ type: 'late' }, { type: 'wait', repeats: sent.silences }];
    return { state: { ...state, sent: { ...sent, refused: true } }, effects: late };
  }
  if (sent.refused) return sendAnew(state, sent);
  if (sent.command.repeatable === 'never') {
    // A command that was sent once and refused was not executed (PROTOCOL 5a), unless the wire delivered it twice: once
    // executed, once refused. In that case the counter has moved by the reply and no further.
    const wasRefused = state.ordered && sends === 1 && ((sequence - sent.sequence) & 0xff) > replyPackets(sent.command);
    return wasRefused ? sendAnew(state, sent) : settle(state, sent, { kind: 'unknown' });
  }
  // If the reply had begun, its end is lost; keep the part that arrived.
  return sent.partial === undefined ? sendAnew(state, sent) : settlePart(state, sent, sent.partial);
}

/**
 * Settles with a part of a reply. If the beginning was lost, the length of the lost part is known only where the length of the
 * whole is.
 */
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

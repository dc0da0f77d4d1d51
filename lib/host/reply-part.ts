import type { Message } from '../wire/reassembler.js';
import { sendAnew, settle } from './exchange-sending.js';
import type { ExchangeState, ExchangeStep, Sent } from './exchange-state.js';

/** Where its beginning was lost, how much that was can't be told, but for the length that was asked for. */
export function settlePart(state: ExchangeState, sent: Sent, message: Message): ExchangeStep {
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

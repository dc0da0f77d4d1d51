import { Flag } from '../wire/flags.js';
import { Opcode } from '../wire/opcode.js';
import type { Packet } from '../wire/packet.js';
import { decodeStatus } from '../wire/payloads/index.js';
import type { Message } from '../wire/reassembler.js';
import { Status } from '../wire/status.js';
import type { Command } from './command.js';

/*
 * The sequence rules of PROTOCOL 4 and 5 as a table: state and input in, new state and effects out. It knows no time,
 * no bytes and no RxJS; its runner (link.ts) owns the timers, the writes and the queue.
 *
 *                 start          reply             silence           silence, too often
 *        idle ────────────▶ sent ──────▶ idle      sent ──▶ sent     sent ──▶ (resynchronise)
 *                             │  NAK CHECKSUM, NAK SEQUENCE (not executed): sent anew, next sequence
 *                             └─ NAK SEQUENCE after a repeat: it was executed, or refused, and the reply is lost
 */

/** Silence after which the session itself is in doubt: a device repeats after 500 ms and, at worst, after 1 s more. */
const DOUBT_AFTER_MS = 2000;

const LOST_SESSION = 'the camera lost its session';

/** A command that was sent and has not ended. */
export interface Sent {
  readonly command: Command;
  readonly sequence: number;
  /** How often it was sent with this sequence. */
  readonly sends: number;
  /** Packets of its reply that came, and their bytes. */
  readonly packets: number;
  readonly bytes: number;
  /** The data that stood before a NAK, in a reply that ran dry. */
  readonly partial: Message | undefined;
  /** The rest of the reply is no longer waited for. */
  readonly givenUp: boolean;
  /** Another packet took its sequence, so the device refuses it, or has: it was not executed. */
  readonly refused: boolean;
}

export interface ExchangeState {
  /** The host's copy of the device's counter: what the next command carries. */
  readonly counter: number;
  /** Whether the device waits for acknowledgements; if not, it repeats nothing. */
  readonly acks: boolean;
  readonly sent: Sent | undefined;
}

export type ExchangeInput =
  | { readonly type: 'start'; readonly command: Command }
  /** An intact packet that was not there before. */
  | { readonly type: 'packet'; readonly packet: Packet }
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
  /** Something came or went: wait for silence anew, longer with each repeat. */
  | { readonly type: 'wait'; readonly repeats: number }
  | { readonly type: 'resynchronise'; readonly cause: string };

export interface ExchangeStep {
  readonly state: ExchangeState;
  readonly effects: readonly ExchangeEffect[];
}

export const IDLE: ExchangeState = { counter: 0, acks: true, sent: undefined };

/** One step of the exchange. Pure. */
export function step(state: ExchangeState, input: ExchangeInput): ExchangeStep {
  switch (input.type) {
    case 'start':
      return start(state, input.command);
    case 'packet':
      return onPacket(state, input.packet);
    case 'message':
      return onMessage(state, input.message);
    case 'silence':
      return onSilence(state, input.forMs);
    case 'abandon':
      return { state: { ...state, sent: undefined }, effects: [] };
  }
}

function start(state: ExchangeState, command: Command): ExchangeStep {
  // A SYNC carries sequence 0 and sets both counters to 0 (PROTOCOL 4).
  const sequence = command.opcode === Opcode.PROTO_SYNC ? 0 : state.counter;
  const send: ExchangeEffect = { type: 'send', command, sequence, flags: 0 };
  if (command.reply === 'none') {
    return { state: { ...state, sent: undefined }, effects: [send, { type: 'settle', outcome: { kind: 'done' } }] };
  }
  const sent: Sent = {
    command,
    sequence,
    sends: 1,
    packets: 0,
    bytes: 0,
    partial: undefined,
    givenUp: false,
    refused: false,
  };
  return { state: { ...state, counter: sequence, sent }, effects: [send, { type: 'wait', repeats: 0 }] };
}

function onPacket(state: ExchangeState, packet: Packet): ExchangeStep {
  const { sent, counter } = state;
  if ((packet.flags & Flag.EVENT) !== 0) return onEvent(state, packet.sequence);
  const ahead = ((packet.sequence - counter) & 0xff) < 128;
  const next = { ...state, counter: ahead ? (packet.sequence + 1) & 0xff : counter };
  if (packet.opcode === Opcode.PROTO_SYNC) return onSyncReply(state);
  if (sent === undefined) return { state: next, effects: [] };
  if (!isReply(packet, sent)) {
    // A straggler, such as the refusal of a repeat of an earlier command: it moved the device's counter all the same.
    const refused = sent.refused || packet.sequence === sent.sequence;
    return { state: { ...next, sent: { ...sent, refused } }, effects: [] };
  }
  // Only a refusal means something when it comes from behind: the device lost its session.
  if (!ahead && (packet.flags & Flag.NAK) === 0) return { state, effects: [] };
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
    state: { ...next, sent: { ...sent, packets: sent.packets + 1, bytes } },
    effects: [{ type: 'wait', repeats: 0 }, { type: 'accept' }],
  };
}

/** An event carries the counter's present value and moves nothing (PROTOCOL 4), so it tells of what was lost. */
function onEvent(state: ExchangeState, sequence: number): ExchangeStep {
  const { sent, counter } = state;
  const accept: ExchangeEffect = { type: 'accept' };
  if (sent === undefined || sequence === counter || sent.command.opcode === Opcode.PROTO_SYNC)
    return { state, effects: [accept] };
  if (((sequence - counter) & 0xff) >= 128)
    return { state, effects: [accept, { type: 'resynchronise', cause: LOST_SESSION }] };
  // The reply went out and did not arrive: there is nothing to wait for.
  const next = onSilence(state, 0);
  return { state: next.state, effects: [accept, ...next.effects] };
}

function isReply(packet: Packet, { command }: Sent): boolean {
  return packet.opcode === command.opcode && packet.channel === command.channel;
}

/** The ACK of a SYNC carries sequence 0, and so does the next command: it moves nothing (PROTOCOL 4). */
function onSyncReply(state: ExchangeState): ExchangeStep {
  const awaited = state.sent?.command.opcode === Opcode.PROTO_SYNC;
  return { state, effects: awaited ? [{ type: 'accept' }] : [] };
}

function onMessage(state: ExchangeState, message: Message): ExchangeStep {
  const { sent } = state;
  if (sent === undefined) return { state, effects: [] };
  if (message.opcode === Opcode.PROTO_SYNC) return settle({ ...state, counter: 0 }, { kind: 'done' });
  if ((message.flags & Flag.NAK) !== 0) return onNak(state, sent, message);
  if ((message.flags & Flag.ACK) !== 0) return settle(state, { kind: 'done' });
  if (!message.ended && !sent.givenUp) return { state: { ...state, sent: { ...sent, partial: message } }, effects: [] };
  if (message.sequence !== sent.sequence) {
    // Its beginning was lost, and how much that was can't be told.
    return sent.command.repeatable === 'never' ? settle(state, { kind: 'unknown' }) : sendAnew(state, sent);
  }
  return settle(state, { kind: 'data', message });
}

function onNak(state: ExchangeState, sent: Sent, message: Message): ExchangeStep {
  const status = message.payload.length < 2 ? Status.UNKNOWN : decodeStatus(message.payload);
  switch (status) {
    case Status.CHECKSUM:
      // It arrived damaged and was not executed (PROTOCOL 5).
      return sendAnew(state, sent);
    case Status.SEQUENCE:
      if (message.sequence !== ((state.counter - 1) & 0xff)) {
        return { state, effects: [{ type: 'resynchronise', cause: LOST_SESSION }] };
      }
      // It bears the command's own sequence, so it refuses a repeat of the command before; this one will be refused, too,
      // by a NAK of its own. To send again now would make copies that chase each other's counter for ever.
      if (message.sequence === sent.sequence)
        return { state: { ...state, sent: { ...sent, refused: true } }, effects: [] };
      if (sent.refused || sent.sends === 1 || sent.command.repeatable !== 'never') return sendAnew(state, sent);
      return settle(state, { kind: 'unknown' });
    case Status.FAILED:
      // The channel ran dry in the middle: what it had counts (PROTOCOL 7).
      if (sent.partial !== undefined) return settle(state, { kind: 'data', message: sent.partial });
      return settle(state, { kind: 'refused', status });
    default:
      return settle(state, { kind: 'refused', status });
  }
}

function sendAnew(state: ExchangeState, { command }: Sent): ExchangeStep {
  return start(state, command);
}

function onSilence(state: ExchangeState, forMs: number): ExchangeStep {
  const { sent, counter } = state;
  if (sent === undefined) return { state, effects: [] };
  const { command, sequence, sends } = sent;
  const isSync = command.opcode === Opcode.PROTO_SYNC;
  if (forMs >= DOUBT_AFTER_MS && !isSync) {
    return { state, effects: [{ type: 'resynchronise', cause: 'no answer' }] };
  }
  if (sent.refused) return sendAnew(state, sent);
  const tried = { ...state, sent: { ...sent, sends: sends + 1 } };
  if (!state.acks && sent.packets > 0) {
    // Nothing is repeated without acknowledgements; the rest is read again by its offset.
    return { state: { ...tried, sent: { ...tried.sent, givenUp: true } }, effects: [{ type: 'give-up' }] };
  }
  const effects: ExchangeEffect[] = [];
  if (state.acks) effects.push({ type: 'acknowledge' });
  // A blind ACK could lose what can be read only once, so such a read is left to the device's own timer.
  if (state.acks && command.reply === 'data' && command.repeatable !== 'never') {
    effects.push({ type: 'poke', command, sequence: counter });
  }
  // In the middle of a reply it is a probe: a device that lost its session refuses it, and so tells.
  if (sent.packets === 0 || sends > 1) effects.push({ type: 'send', command, sequence, flags: isSync ? 0 : Flag.RTX });
  effects.push({ type: 'wait', repeats: sends });
  return { state: tried, effects };
}

function settle(state: ExchangeState, outcome: Outcome): ExchangeStep {
  return { state: { ...state, sent: undefined }, effects: [{ type: 'settle', outcome }] };
}

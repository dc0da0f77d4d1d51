import { Flag } from '../../../wire/flags.js';
import { Opcode } from '../../../wire/opcode.js';
import { HEADER_BYTES, OVERHEAD_BYTES } from '../../../wire/packet.js';
import { type Command, commands } from '../command.js';
import { onFlightSilence } from './flight.js';
import { nextPing, ping, sendAnew, write } from './send.js';
import { replyPackets } from './sequence.js';
import type { ExchangeEffect, ExchangeState, ExchangeStep, Sent } from './state.js';

/* What is sent when nothing has arrived for as long as a reply may take. */

/** By then a device has repeated a packet that was not acknowledged (PROTOCOL 5). */
const DEVICE_REPEATS_MS = 600;
/** By then it has repeated it twice. */
const DEVICE_SILENT_MS = 2000;

export function onSilence(state: ExchangeState, forMs: number): ExchangeStep {
  const { sent } = state;
  if (state.flight.length > 0) return onFlightSilence(state);
  if (sent === undefined) return { state, effects: [] };
  const { command, sends, before } = sent;
  if (before !== undefined) {
    const { state: next, effects } = ping(state, before, sends);
    const again = next.sent && { ...next.sent, sends: sends + 1 };
    return { state: { ...next, sent: again }, effects: effects.map(behindLastAck(state, true)) };
  }
  const isSync = command.opcode === Opcode.PROTO_SYNC;
  const harmless = state.sequenced || command.repeatable !== 'never';
  if (sent.refused && harmless) return sendAnew(state, sent);
  if (!state.acks && sent.packets > 0) return probe(state, sent);
  if (!state.sequenced && !isSync && harmless && sent.packets === 0) {
    // A device that does not check numbers executes a copy like any other command, and the two replies would look alike.
    const next = ping({ ...state, trailing: 'replies' }, command, sent.silences + 1);
    return { state: next.state, effects: next.effects.map(behindLastAck(state, false)) };
  }
  return repeat(state, sent, harmless, forMs);
}

const behindLastAck =
  ({ acks }: ExchangeState, isCopy: boolean) =>
  (effect: ExchangeEffect): ExchangeEffect =>
    effect.type === 'write'
      ? {
          ...effect,
          acknowledgements: { last: acks, pokes: [] },
          commands: effect.commands.map((one) => ({ ...one, isCopy })),
        }
      : effect;

/**
 * Sends again what may have been lost: the last ACK, ACKs of the missing packets, and the command. Each silence adds one ACK,
 * because the device may have continued to another packet that was lost.
 */
function repeat(state: ExchangeState, sent: Sent, harmless: boolean, forMs: number): ExchangeStep {
  const { command, sequence, sends, silences, packets } = sent;
  // An ACK of a packet that was lost would lose data that can be read only once. The device's own timer repeats those.
  const isPoked = state.acks && command.reply === 'data' && command.repeatable !== 'never';
  const missing = isPoked ? Math.min(silences + 1, Math.max(replyPackets(command) - 1 - packets, 1)) : 0;
  const { opcode, channel } = command;
  const pokes = Array.from({ length: missing }, (_, i) => {
    return { opcode, channel, flags: Flag.ACK, sequence: (state.counter + i) & 0xff };
  });
  const acknowledgements = { last: state.acks, pokes };
  // In the middle of a reply the copy is a probe: the device refuses it if it lost its session or has sent the last packet.
  const isProbed = isPoked ? silences > 0 : forMs >= DEVICE_SILENT_MS;
  const isCopied = packets === 0 ? harmless : state.sequenced && isProbed;
  const flags = opcode === Opcode.PROTO_SYNC ? 0 : Flag.RTX;
  const effect: ExchangeEffect = isCopied
    ? write({ command, sequence, flags, isCopy: true }, acknowledgements)
    : { type: 'write', acknowledgements, commands: [] };
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
 * Without ACKs the device repeats nothing, so a late packet and a lost one look alike. A ping behind the reply tells them
 * apart.
 */
function probe(state: ExchangeState, sent: Sent): ExchangeStep {
  const pings = nextPing(state);
  const silences = sent.silences + 1;
  const sending = write({
    command: commands.ping(pings),
    sequence: state.counter,
    flags: 0,
    isCopy: sent.sends > 1,
  });
  return {
    state: { ...state, pings, sent: { ...sent, silences, probe: pings } },
    effects: [sending, { type: 'wait', repeats: silences }],
  };
}

function spareBytes(command: Command): number {
  return command.spareBytes ?? Infinity;
}

function copyBytes({ payload }: Command): number {
  return OVERHEAD_BYTES + payload.length;
}

/**
 * The device's buffer cannot take all of a repetition. The device repeats lost packets of a reply by itself, but it does not
 * know of a lost command. So one more copy is sent if the buffer can take that, unless the copy would be executed.
 */
function leave(state: ExchangeState, sent: Sent, mayCopy: boolean): ExchangeStep {
  const { command, sequence, sends, packets } = sent;
  const wait: ExchangeEffect = { type: 'wait', repeats: 0, leastMs: DEVICE_REPEATS_MS };
  const extraBytes = sent.extraBytes + HEADER_BYTES + copyBytes(command);
  if (!mayCopy || packets > 0 || extraBytes > spareBytes(command)) return { state, effects: [wait] };
  const copy = write({ command, sequence, flags: Flag.RTX, isCopy: true }, { last: true, pokes: [] });
  return { state: { ...state, sent: { ...sent, sends: sends + 1, extraBytes } }, effects: [copy, wait] };
}

import { Opcode } from '../../../wire/opcode.js';
import { decodeCapabilities } from '../../../wire/payloads/index.js';
import { type Command, commands } from '../command.js';
import { afterFlight } from './sequence.js';
import {
  type Acknowledgements,
  type ExchangeEffect,
  type ExchangeState,
  type ExchangeStep,
  NO_ACKNOWLEDGEMENTS,
  type Outcome,
  type Sent,
  type Transmission,
} from './state.js';

/*
 * How a command begins and ends. A copy of an earlier command may still arrive at the device, and a reply that was given up
 * may still arrive here. If the new command could be confused with either, it waits behind a ping: the camera answers in
 * order, so the answer to the ping is the last packet of what came before.
 */

/** The refusals of copies arrive right behind the reply. If they do not, the copies were lost. */
const REFUSALS_COME_MS = 4;

export function start(state: ExchangeState, command: Command): ExchangeStep {
  return needsPing(state, command) ? ping(state, command, 0) : send(state, command, undefined, 0);
}

/**
 * A late copy is refused and moves the counter, so the next command is refused, too. For a command that was executed and
 * arrived twice, that looks the same. And a late reply looks like the reply to the next command.
 */
function needsPing({ trailing, sequenced }: ExchangeState, { opcode, reply, repeatable }: Command): boolean {
  if (opcode === Opcode.PROTO_SYNC || reply === 'none') return false;
  // A device that does not check numbers executes the copy, and its answer looks like that of the next command.
  return trailing === 'replies' || (trailing === 'copies' && (repeatable === 'never' || !sequenced));
}

/**
 * A ping has its number in its channel, which the reply repeats. The device answers each ping with INVALID or SEQUENCE
 * (PROTOCOL 3).
 */
const PING_NUMBERS = 31;

export function nextPing({ pings }: ExchangeState): number {
  return (pings % PING_NUMBERS) + 1;
}

export function ping(state: ExchangeState, before: Command, repeats: number): ExchangeStep {
  const pings = nextPing(state);
  return send({ ...state, pings }, commands.ping(pings), before, repeats);
}

export function send(
  state: ExchangeState,
  command: Command,
  before: Command | undefined,
  repeats: number,
): ExchangeStep {
  // A SYNC has sequence 0 and sets both counters to 0 (PROTOCOL 4).
  // Of a flight, only pings and refusals are left: nobody waits for them, but they move the device's counter first.
  const sequence = command.opcode === Opcode.PROTO_SYNC ? 0 : afterFlight(state);
  const sending = write({ command, sequence, flags: 0, isCopy: false });
  if (command.reply === 'none') {
    const idle = { ...state, flight: [], sent: undefined };
    return { state: idle, effects: [sending, settled(idle, command, { kind: 'done' })] };
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
  const counter = command.opcode === Opcode.PROTO_SYNC ? 0 : state.counter;
  return { state: { ...state, counter, flight: [], sent }, effects: [sending, { type: 'wait', repeats }] };
}

/** The effect that writes one command. */
export function write(
  command: Transmission,
  acknowledgements: Acknowledgements = NO_ACKNOWLEDGEMENTS,
): ExchangeEffect & { readonly type: 'write' } {
  return { type: 'write', acknowledgements, commands: [command] };
}

export function sendAnew(state: ExchangeState, sent: Sent): ExchangeStep {
  return start(left(state, sent), sent.command);
}

/** The state when a command has ended. Its copies may be under way; those of earlier commands are not, because the wire keeps the order. */
function left(state: ExchangeState, { sends }: Sent): ExchangeState {
  if (sends > 1) return { ...state, copies: sends - 1, trailing: state.trailing === 'replies' ? 'replies' : 'copies' };
  return state.trailing === 'copies' ? { ...state, trailing: 'nothing' } : state;
}

export function settle(state: ExchangeState, sent: Sent, outcome: Outcome): ExchangeStep {
  const ended = { ...left(state, sent), ...checksOf(sent.command, outcome), sent: undefined };
  return { state: ended, effects: [settled(ended, sent.before ?? sent.command, outcome)] };
}

export function settled(
  { counter, trailing }: ExchangeState,
  command: Command,
  outcome: Outcome,
): ExchangeEffect & { readonly type: 'settle' } {
  const mayBeRefused = trailing === 'copies' && command.opcode !== Opcode.PROTO_SYNC;
  return { type: 'settle', command, outcome, counter, restMs: mayBeRefused ? REFUSALS_COME_MS : 0 };
}

/** SET_CAPS tells the device whether to wait for ACKs and whether to check sequence numbers. */
function checksOf({ opcode, payload }: Command, { kind }: Outcome): Partial<ExchangeState> {
  if (opcode !== Opcode.PROTO_SET_CAPS || kind !== 'done') return {};
  const { ack, seq } = decodeCapabilities(payload);
  return { acks: ack, sequenced: seq };
}

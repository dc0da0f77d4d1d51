import { Opcode } from '../wire/opcode.js';
import { commands, type Command } from './command.js';
import {
  NO_ACKNOWLEDGEMENTS,
  type ExchangeEffect,
  type ExchangeState,
  type ExchangeStep,
  type Outcome,
  type Sent,
} from './exchange-state.js';

/*
 * How a command begins and ends. What was sent twice may still arrive, and what was given up may still be answered. A
 * command that this could be taken for, or that could be refused for it, waits behind a ping: the camera answers in
 * order, so the ping's answer is the last of what came before.
 */

export function start(state: ExchangeState, command: Command): ExchangeStep {
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

export function sendAnew(state: ExchangeState, sent: Sent): ExchangeStep {
  return start(left(state, sent), sent.command);
}

/** A command is done with, though copies of it may be under way. Of those before it, none is: what is sent stays in order. */
function left(state: ExchangeState, { sends }: Sent): ExchangeState {
  if (sends > 1) return { ...state, copies: sends - 1, trailing: state.trailing === 'replies' ? 'replies' : 'copies' };
  return state.trailing === 'copies' ? { ...state, trailing: 'nothing' } : state;
}

export function settle(state: ExchangeState, sent: Sent, outcome: Outcome): ExchangeStep {
  return { state: { ...left(state, sent), sent: undefined }, effects: [{ type: 'settle', outcome }] };
}

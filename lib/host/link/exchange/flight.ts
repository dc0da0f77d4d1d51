import { Flag } from '../../../wire/flags.js';
import { HEADER_BYTES, type Header, type Packet } from '../../../wire/packet.js';
import { decodeStatus } from '../../../wire/payloads/index.js';
import { isBefore, sequenceAfter, stepsBetween } from '../../../wire/sequence.js';
import { Status } from '../../../wire/status.js';
import { type Command, commands } from '../command.js';
import { nextPing, settled } from './send.js';
import { afterFlight, FIRST_NUMBERS, isAhead, isPing, MAX_REFUSALS, refusesSequence } from './sequence.js';
import type { ExchangeEffect, ExchangeState, ExchangeStep, InFlight, Outcome } from './state.js';

/*
 * A flight: commands that are on the wire together (PROTOCOL 5a). Each has exactly one packet as its reply, so all sequence numbers are
 * known beforehand. The rules are those of go-back-N:
 *
 * - A reply settles its command. The replies of the commands before it were lost.
 * - The device refuses every command behind a lost one, and executes none of them. After the first refusal, the lost command and all
 *   behind it are sent again, with the numbers that follow the refusals still to come.
 * - In silence a ping is sent, never a copy: its answer tells which commands were executed.
 */

/** The most bytes of pings and ACKs to send in silence. A late camera collects them in its buffer. */
export const FLIGHT_SPARE_BYTES = 100;

/** Sends commands behind those in flight. If an earlier reply may still arrive, the answer to a ping comes first. */
export function launch(state: ExchangeState, launched: readonly Command[]): ExchangeStep {
  if (state.held.length > 0) return { state: { ...state, held: [...state.held, ...launched] }, effects: [] };
  if (state.trailing === 'nothing' || state.flight.length > 0) return sendOff(state, launched);
  const pings = nextPing(state);
  return sendOff({ ...state, pings, held: launched }, [commands.ping(pings)]);
}

function sendOff(state: ExchangeState, sent: readonly Command[]): ExchangeStep {
  const first = afterFlight(state);
  const flight = sent.map((command, i): InFlight => ({ command, sequence: sequenceAfter(first, i), refused: false }));
  const write: ExchangeEffect = {
    type: 'write',
    acknowledgements: { last: false, pokes: [] },
    commands: flight.map(({ command, sequence }) => ({
      ...{ command, sequence, flags: 0, isCopy: false },
      isAcknowledged: state.acks && command.reply === 'data',
    })),
  };
  const next = { ...state, flight: [...state.flight, ...flight] };
  return { state: next, effects: sent.length === 0 ? [] : [write, { type: 'wait', repeats: state.silences }] };
}

/** A packet that moved the device's counter has arrived. `state` is that after the move. */
export function onFlightPacket(state: ExchangeState, packet: Packet): ExchangeStep {
  if (refusesSequence(packet)) return onFlightRefusal(state, packet);
  const at = state.flight.findIndex((one) => !one.refused && one.sequence === packet.sequence);
  const answered = state.flight[at];
  // A straggler of an earlier command. The command with its number will be refused.
  if (answered === undefined || !isOf(packet, answered)) return { state, effects: [] };
  const next = quiet(state, at + 1);
  const { effects, again } = passed(next, state.flight.slice(0, at));
  return resumed(next, effects, again, answered, outcomeOf(packet, answered.command));
}

/** The header of a damaged packet says that the reply was sent; it is lost. A damaged NAK may be any refusal: what follows tells. */
export function onFlightDamaged(state: ExchangeState, header: Header): ExchangeStep {
  const at = state.flight.findIndex((one) => !one.refused && one.sequence === header.sequence);
  const answered = state.flight[at];
  if (answered === undefined || !isOf(header, answered) || (header.flags & Flag.NAK) !== 0)
    return { state, effects: [] };
  const counter = sequenceAfter(header.sequence);
  const next = quiet({ ...state, counter }, at + 1);
  const { effects, again } = passed(next, state.flight.slice(0, at + 1));
  return resumed(next, effects, again);
}

/** An event has the device's counter: the replies of the commands before it were sent. */
export function onFlightEvent(state: ExchangeState, { sequence }: Header): ExchangeStep {
  const isNews = state.ordered && sequence !== state.counter && isAhead(sequence, state.counter);
  const at = isNews ? state.flight.findIndex((one) => !isBefore(one.sequence, sequence)) : 0;
  if (!isNews || at === 0) return { state, effects: [] };
  const processed = at < 0 ? state.flight.length : at;
  const next = quiet({ ...state, counter: sequence }, processed);
  const { effects, again } = passed(next, state.flight.slice(0, processed));
  return resumed(next, effects, again);
}

/** True if a command waits for the flight. Nobody waits for pings and refusals alone. */
function isAwaited({ flight, held }: ExchangeState): boolean {
  return held.length > 0 || flight.some(({ command, refused }) => !refused && !isProbe(command));
}

/** Nothing arrived: sends the ACKs that may have been lost and a ping, as long as they fit into the device's buffer. */
export function onFlightSilence(state: ExchangeState): ExchangeStep {
  if (!isAwaited(state)) return { state, effects: [] };
  const silences = state.silences + 1;
  const wait: ExchangeEffect = { type: 'wait', repeats: silences };
  const pending = state.acks ? state.flight.filter(({ command, refused }) => command.reply === 'data' && !refused) : [];
  const affordable = Math.floor((FLIGHT_SPARE_BYTES - state.extraBytes) / HEADER_BYTES) - 1;
  if (affordable < 0) return { state: { ...state, silences }, effects: [wait] };
  const pokes = pending
    .slice(0, affordable)
    .map(({ command: { opcode, channel }, sequence }) => ({ opcode, channel, sequence, flags: Flag.ACK }));
  const extraBytes = state.extraBytes + (pokes.length + 1) * HEADER_BYTES;
  const pings = nextPing(state);
  const probe: InFlight = { command: commands.ping(pings), sequence: afterFlight(state), refused: false };
  const { command, sequence } = probe;
  const write: ExchangeEffect = {
    type: 'write',
    acknowledgements: { last: state.acks, pokes },
    commands: [{ command, sequence, flags: 0, isCopy: false }],
  };
  return { state: { ...state, silences, extraBytes, pings, flight: [...state.flight, probe] }, effects: [write, wait] };
}

/**
 * NAK SEQUENCE: when the refused command arrived, the device's counter was the number of the NAK. The commands before that number were
 * processed; those from it on were not executed, because one of them was lost.
 */
function onFlightRefusal(state: ExchangeState, packet: Packet): ExchangeStep {
  const { sequence } = packet;
  // The refusals of these were lost.
  const flight = state.flight.filter((one) => !one.refused || !isBefore(one.sequence, sequence));
  const at = flight.findIndex((one) => isOf(packet, one) && (one.refused || one.sequence !== sequence));
  const refused = flight[at];
  if (refused === undefined) return { state: { ...state, flight }, effects: [] };
  const behind = flight.slice(at + 1);
  if (refused.refused) return resumed({ ...quiet(state, 0), flight: behind }, []);
  const before = flight.slice(0, at);
  const heard = quiet(state, 0);
  const done = passed(
    heard,
    before.filter((one) => isBefore(one.sequence, sequence)),
  );
  const lost = before.filter((one) => !one.refused && !isBefore(one.sequence, sequence));
  // A wire that does not keep the order may deliver a command twice: executed the first time, refused the second.
  const mayBeDone = !state.ordered && refused.command.repeatable === 'never' && isBefore(refused.sequence, sequence);
  const effects = mayBeDone ? [...done.effects, end(state, refused, { kind: 'unknown' })] : done.effects;
  const again = [...lost, ...(mayBeDone ? [] : [refused]), ...behind.filter((one) => !one.refused)];
  const toCome = behind.map((one, i) => ({ ...one, refused: true, sequence: sequenceAfter(sequence, 1 + i) }));
  const next = { ...heard, flight: toCome };
  return resumed(next, effects, [...again.map(({ command }) => command).filter((one) => !isProbe(one)), ...done.again]);
}

/** Settles commands that the device has processed, but whose replies were lost. */
function passed(state: ExchangeState, lost: readonly InFlight[]): { effects: ExchangeEffect[]; again: Command[] } {
  const theirs = lost.filter(({ command, refused }) => !refused && !isProbe(command));
  const isRepeated = ({ command }: InFlight): boolean => command.repeatable !== 'never' && command.isolated !== true;
  return {
    effects: theirs.filter((one) => !isRepeated(one)).map((one) => end(state, one, { kind: 'unknown' })),
    again: theirs.filter(isRepeated).map(({ command }) => command),
  };
}

/** Ends a step: settles the command that was answered, and sends what has to be sent again and what waited for a ping. */
function resumed(
  state: ExchangeState,
  effects: readonly ExchangeEffect[],
  again: readonly Command[] = [],
  answered?: InFlight,
  outcome?: Outcome,
): ExchangeStep {
  const isRetried = outcome?.kind === 'damaged' && answered?.command.isolated !== true;
  const resent = isRetried && answered !== undefined ? [...again, answered.command] : again;
  const ends =
    answered === undefined || outcome === undefined || isRetried || isProbe(answered.command)
      ? effects
      : [...effects, end(state, answered, outcome)];
  // The device has processed everything from before the flight once it answers anything of it.
  const released = { ...state, trailing: 'nothing', copies: 0, held: [] } as const;
  const { state: next, effects: sending } = sendOff(released, [...resent, ...state.held]);
  const wait: ExchangeEffect[] =
    sending.length === 0 && isAwaited(next) ? [{ type: 'wait', repeats: 0, forFragment: true }] : [];
  return { state: next, effects: [...ends, ...sending, ...wait] };
}

/** The state without the first `settled` commands, after something was heard. */
function quiet(state: ExchangeState, settledCommands: number): ExchangeState {
  return { ...state, flight: state.flight.slice(settledCommands), silences: 0, extraBytes: 0 };
}

function outcomeOf(packet: Packet, { replyLimit, opcode, channel }: Command): Outcome {
  const { flags, payload, sequence } = packet;
  if ((flags & Flag.NAK) !== 0) {
    const status = payload.length < 2 ? Status.UNKNOWN : decodeStatus(payload);
    return status === Status.CHECKSUM ? { kind: 'damaged' } : { kind: 'refused', status };
  }
  if ((flags & Flag.ACK) !== 0) return { kind: 'done' };
  if (payload.length > replyLimit || (flags & Flag.FRAGMENT) !== 0) return { kind: 'overrun' };
  const header = { opcode, channel, sequence, flags };
  return {
    kind: 'data',
    message: { kind: 'message', ...header, packets: 1, payload, missing: [], ended: true },
  };
}

function end(state: ExchangeState, { command }: InFlight, outcome: Outcome): ExchangeEffect {
  return { ...settled(state, command, outcome), restMs: 0 };
}

function isOf({ opcode, channel }: Header, { command }: InFlight): boolean {
  return opcode === command.opcode && channel === command.channel;
}

/** A ping is nobody's command. */
function isProbe({ opcode, channel }: Command): boolean {
  return isPing({ opcode, channel, flags: Flag.NAK, sequence: 0 });
}

/** True for a number that the device can't have reached within its session. */
export function isFarFrom({ flight, counter }: ExchangeState, sequence: number): boolean {
  return stepsBetween(counter, sequence) > flight.length + MAX_REFUSALS;
}

/**
 * True for the refusal of a command that has ended, which later packets have overtaken. A device that lost its session refuses as well, but with
 * the first numbers.
 */
export function isLateRefusal({ flight, counter }: ExchangeState, { sequence }: Header): boolean {
  return (
    flight.length > 0 && sequence >= FIRST_NUMBERS && stepsBetween(sequence, counter) <= flight.length + MAX_REFUSALS
  );
}

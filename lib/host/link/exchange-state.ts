import type { Header, Packet } from '../../wire/packet.js';
import type { Message } from '../../wire/reassembler.js';
import type { Command } from './command.js';

/** A command that was sent and has not ended. */
export interface Sent {
  readonly command: Command;
  readonly sequence: number;
  /** How often it was sent with this sequence. */
  readonly sends: number;
  /** How often nothing came for as long as a reply may take, since the last packet of its reply. */
  readonly silences: number;
  /** Bytes that went out since it was sent, beside the ACKs of its reply. */
  readonly extraBytes: number;
  /** Packets of its reply that came, and their bytes. */
  readonly packets: number;
  readonly bytes: number;
  /** The data that stood before a NAK, in a reply that ran dry. */
  readonly partial: Message | undefined;
  /** The rest of the reply is no longer waited for, and none of it is to come. */
  readonly givenUp: boolean;
  /** The ping that was sent behind it: its answer tells that the reply is over. */
  readonly probe: number | undefined;
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
  /** Whether the device checks sequence numbers; where it does not, a copy of a command is executed like any other. */
  readonly sequenced: boolean;
  /** Whether packets have come in order and once so far: as over a serial line, and not as over UDP. */
  readonly ordered: boolean;
  readonly sent: Sent | undefined;
  readonly trailing: Trailing;
  /** Copies of the last command that the device has yet to refuse. */
  readonly copies: number;
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

/** The acknowledgements that go out in front of a command, or alone, in one write. */
export interface Acknowledgements {
  /** The last one once more: if it was lost, the device waits for it and hears nothing else. */
  readonly last: boolean;
  /** ACKs of packets that did not arrive, so that the device goes on behind them (PROTOCOL 5a). */
  readonly pokes: readonly Header[];
}

export const NO_ACKNOWLEDGEMENTS: Acknowledgements = { last: false, pokes: [] };

export type ExchangeEffect =
  | {
      readonly type: 'send';
      readonly command: Command;
      readonly sequence: number;
      readonly flags: number;
      readonly acknowledgements: Acknowledgements;
    }
  | { readonly type: 'poke'; readonly command: Command; readonly acknowledgements: Acknowledgements }
  /** Acknowledge a damaged packet: its data are had in another way. */
  | { readonly type: 'acknowledge'; readonly header: Header }
  /** Hand the packet on: it belongs to the reply. */
  | { readonly type: 'accept' }
  | { readonly type: 'settle'; readonly outcome: Outcome }
  /** End the run of fragments that is under way: what is missing won't come. */
  | { readonly type: 'give-up' }
  /** A copy of an earlier command was refused: it was sent again too early. */
  | { readonly type: 'late' }
  /**
   * Something came or went: wait for silence anew, longer with each repeat, and at least so long. For the next fragment
   * of a reply the wait is shorter, for at first only ACKs go out then, which do no harm.
   */
  | { readonly type: 'wait'; readonly repeats: number; readonly leastMs?: number; readonly forFragment?: boolean }
  | { readonly type: 'resynchronise'; readonly cause: string };

export interface ExchangeStep {
  readonly state: ExchangeState;
  readonly effects: readonly ExchangeEffect[];
}

export const IDLE: ExchangeState = {
  counter: 0,
  acks: true,
  sequenced: true,
  ordered: true,
  sent: undefined,
  trailing: 'nothing',
  copies: 0,
  pings: 0,
  refusals: [],
};

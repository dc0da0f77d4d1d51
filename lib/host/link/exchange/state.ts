import type { Header, Packet } from '../../../wire/packet.js';
import type { Message } from '../../../wire/reassembler.js';
import type { Command } from '../command.js';

/** A command in flight: it was sent and has not ended. */
export interface Sent {
  readonly command: Command;
  readonly sequence: number;
  /** How often it was sent with this sequence number. */
  readonly sends: number;
  /** Timeouts in a row, since the command was sent or since the last packet of its reply. */
  readonly silences: number;
  /** Bytes that were written since it was sent, except the ACKs of its reply. */
  readonly extraBytes: number;
  /** Packets of its reply that have arrived, and the bytes of their payloads. */
  readonly packets: number;
  readonly bytes: number;
  /** The data before a NAK, if the channel ran dry in the middle of the reply. */
  readonly partial: Message | undefined;
  /** The rest of the reply was given up, and none of it will arrive. */
  readonly givenUp: boolean;
  /** The number of the ping that was sent behind it. The answer to that ping proves that the reply is over. */
  readonly probe: number | undefined;
  /** Another packet used its sequence number, so the device refuses it: it was not executed. */
  readonly refused: boolean;
  /** If this is a ping: the command that is sent once the ping is answered. */
  readonly before: Command | undefined;
}

/** A command of a flight: several commands that are on the wire together, each with one packet as its reply. */
export interface InFlight {
  readonly command: Command;
  readonly sequence: number;
  /** Only its refusal is still to come: it was not executed, and was sent again with another number. */
  readonly refused: boolean;
}

/**
 * What may still arrive because of commands that have ended: nothing; refusals of their copies; or packets of a reply that
 * was given up.
 */
export type Trailing = 'nothing' | 'copies' | 'replies';

export interface ExchangeState {
  /** The host's copy of the device's counter: the sequence number of the next command. */
  readonly counter: number;
  /** Whether the device waits for acknowledgements. If it does not, it repeats nothing. */
  readonly acks: boolean;
  /** Whether the device checks sequence numbers. If it does not, it executes a copy of a command like any other. */
  readonly sequenced: boolean;
  /** Whether every packet so far arrived once and in order, as over a serial line. UDP does not guarantee that. */
  readonly ordered: boolean;
  readonly sent: Sent | undefined;
  readonly trailing: Trailing;
  /** Copies of the last command that the device has yet to refuse. */
  readonly copies: number;
  /** The number of pings sent. It gives each ping a number of its own, so that answers can be told apart. */
  readonly pings: number;
  /** The latest refusals, to recognise one that arrives twice. */
  readonly refusals: readonly Header[];
  /** The commands on the wire, in their order. Empty while `sent` has a command that is alone on the wire. */
  readonly flight: readonly InFlight[];
  /** Commands that wait until a ping is answered. */
  readonly held: readonly Command[];
  /** Timeouts in a row of the flight, and the bytes that were sent because of them. */
  readonly silences: number;
  readonly extraBytes: number;
}

/** What happens to the exchange. Replies are matched by sequence number, so no input says which command it belongs to. */
export type ExchangeInput =
  /** A new session begins, with a SYNC as its first command. */
  | { readonly type: 'begin' }
  | { readonly type: 'start'; readonly command: Command }
  /** Commands go out together, behind those of the flight that are on the wire. No command is alone on the wire. */
  | { readonly type: 'launch'; readonly commands: readonly Command[] }
  /** An intact packet, not a repeat, has arrived. */
  | { readonly type: 'packet'; readonly packet: Packet }
  /** A packet with an intact header and a damaged payload has arrived. */
  | { readonly type: 'damaged'; readonly header: Header }
  /** The delivered packets were joined to this message. */
  | { readonly type: 'message'; readonly message: Message }
  /** The wait is over: nothing arrived. `forMs` counts from the start of the command or the last packet of its reply. */
  | { readonly type: 'silence'; readonly forMs: number }
  /** Nobody waits for the commands in flight any more. */
  | { readonly type: 'abandon' };

export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'data'; readonly message: Message }
  | { readonly kind: 'refused'; readonly status: number }
  /** The command was either executed or refused; its reply was lost. */
  | { readonly kind: 'unknown' }
  /** The command arrived damaged and was not executed. */
  | { readonly kind: 'damaged' }
  /** The device sent more data than the command can have asked for. */
  | { readonly kind: 'overrun' };

/** The acknowledgements at the front of a write. */
export interface Acknowledgements {
  /** Whether to repeat the last one. If it was lost, the device waits for it and hears no command. */
  readonly last: boolean;
  /** ACKs of packets that did not arrive, so that the device continues behind them (PROTOCOL 5a). */
  readonly pokes: readonly Header[];
}

export const NO_ACKNOWLEDGEMENTS: Acknowledgements = { last: false, pokes: [] };

/** A command within a write. */
export interface Transmission {
  readonly command: Command;
  readonly sequence: number;
  readonly flags: number;
  /** Whether an earlier copy of it may still be answered. */
  readonly isCopy: boolean;
  /** True if the ACK of its reply goes out behind it. The device then does not wait for the ACK (PROTOCOL 5a). */
  readonly isAcknowledged?: boolean;
}

/** What the exchange asks of its runner. The runner carries out the effects of a step in their order. */
export type ExchangeEffect =
  /** Write the acknowledgements and, behind them, the commands in their order, all at once. */
  | { readonly type: 'write'; readonly acknowledgements: Acknowledgements; readonly commands: readonly Transmission[] }
  /** Acknowledge a damaged packet. Its data can be had in another way. */
  | { readonly type: 'acknowledge'; readonly header: Header }
  /** Pass on an event or a packet of a reply. `isFirst`: it is the first packet of a reply and answers the command itself. */
  | { readonly type: 'deliver'; readonly packet: Packet; readonly isFirst: boolean }
  /** End the message that is being joined: the missing packets will not arrive. */
  | { readonly type: 'give-up' }
  /**
   * The command has ended. `counter` is the sequence number of the next command. Before the next command, wait `restMs`, or
   * until `resume`.
   */
  | {
      readonly type: 'settle';
      readonly command: Command;
      readonly outcome: Outcome;
      readonly counter: number;
      readonly restMs: number;
    }
  /** Nothing of the last command is under way any more: do not wait before the next one. */
  | { readonly type: 'resume' }
  /** A copy was refused, so the command before it was only late. */
  | { readonly type: 'late' }
  /**
   * Restart the timeout: longer with each repeat, and at least `leastMs`. It is shorter for the next fragment of a reply,
   * because at first only ACKs are sent then, and those do no harm.
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
  flight: [],
  held: [],
  silences: 0,
  extraBytes: 0,
};

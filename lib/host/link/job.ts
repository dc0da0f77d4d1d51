import { type Subscription, type Subscriber } from 'rxjs';
import { OpenMVError, type ErrorCode } from '../../errors.js';
import { Opcode, opcodeName } from '../../wire/opcode.js';
import { NO_BYTES } from '../../wire/packet.js';
import type { Message, Range } from '../../wire/reassembler.js';
import { Status, statusName } from '../../wire/status.js';
import type { Command } from './command.js';
import type { Outcome } from './exchange/state.js';
import type { TracedPacket } from './trace.js';

/** What a command got. */
export interface Reply {
  /** Empty where the reply was an ACK. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Fragments that were lost, where the device does not wait for acknowledgements. */
  readonly missing: readonly Range[];
  /** Whether its end came; if not, the channel ran dry or the rest was lost. */
  readonly ended: boolean;
  /** How long it took from the command to the first packet and from there to the last; none where it was disturbed. */
  readonly pace: Pace | undefined;
}

/** Milliseconds. */
export interface Pace {
  readonly firstMs: number;
  readonly restMs: number;
}

const DONE: Reply = { payload: NO_BYTES, missing: [], ended: true, pace: undefined };

/** A command on its way through the queue and the exchange, and who waits for it. */
export class Job {
  startedAt = 0;
  answeredAt = 0;
  sends = 0;
  #deadline: Subscription | undefined;
  readonly #subscriber: Subscriber<Reply>;

  constructor(
    readonly command: Command,
    readonly timeoutMs: number,
    subscriber: Subscriber<Reply>,
  ) {
    this.#subscriber = subscriber;
  }

  /** Limits it, also while nobody waits for it any more: until it ends, nothing else is served. */
  limit(deadline: Subscription): void {
    this.#deadline = deadline;
  }

  get isLimited(): boolean {
    return this.#deadline !== undefined;
  }

  /** Nothing is to come of it any more. */
  drop(): void {
    this.#deadline?.unsubscribe();
  }

  get channel(): number {
    return this.command.channel;
  }

  /** Itself as the packet of this sequence, for the trace. */
  traced(sequence: number, flags: number): TracedPacket {
    const { opcode, channel, payload } = this.command;
    return { opcode, channel, sequence, flags, length: payload.length };
  }

  end(outcome: Outcome, now: number): void {
    this.drop();
    if (outcome.kind === 'done') this.#reply(DONE);
    else if (outcome.kind === 'data') this.#reply(replyOf(outcome.message, this.#pace(now)));
    else this.fail(failure(this.command, outcome));
  }

  fail(error: OpenMVError): void {
    this.drop();
    this.#subscriber.error(error);
  }

  #pace(now: number): Pace | undefined {
    const { startedAt, answeredAt } = this;
    return this.sends === 1 ? { firstMs: answeredAt - startedAt, restMs: now - answeredAt } : undefined;
  }

  #reply(reply: Reply): void {
    this.#subscriber.next(reply);
    this.#subscriber.complete();
  }
}

function replyOf({ payload, missing, ended }: Message, pace: Pace | undefined): Reply {
  return { payload, missing, ended, pace };
}

/** How a command ends that is no longer waited for: what can't be repeated may have been executed. */
export function endOf(command: Command, code: ErrorCode, message: string): OpenMVError {
  if (command.repeatable !== 'never') return new OpenMVError(code, message);
  return new OpenMVError('OUTCOME_UNKNOWN', `nobody knows whether it was executed: ${message}`, {
    cause: new OpenMVError(code, message),
  });
}

/** How a command ends whose session is over. */
export function interruptedBy(command: Command, wasSent: boolean, reason: string): OpenMVError {
  const message = `${commandInWords(command)} was interrupted: ${reason}`;
  return wasSent ? endOf(command, 'LINK_LOST', message) : new OpenMVError('LINK_LOST', message);
}

function failure(command: Command, outcome: Exclude<Outcome, { kind: 'done' | 'data' }>): OpenMVError {
  const what = commandInWords(command);
  switch (outcome.kind) {
    case 'refused': {
      const { status } = outcome;
      return new OpenMVError('NAK', `the camera refused ${what}: ${statusName(status)}${hint(command, status)}`, {
        status,
      });
    }
    case 'unknown':
      return new OpenMVError(
        'OUTCOME_UNKNOWN',
        `the reply to ${what} was lost, so whether it was executed is not known`,
      );
    case 'overrun':
      return new OpenMVError(
        'MALFORMED',
        `the camera sent more than the ${command.replyLimit} bytes that ${what} asked for`,
      );
  }
}

function hint(command: Command, status: number): string {
  if (status === Status.INVALID) return ' (the channel does not offer it, or the argument has the wrong size)';
  if (status !== Status.FAILED) return '';
  if (command.opcode === Opcode.CHANNEL_WRITE) return ' (the value was refused: write() of its script took nothing)';
  if (command.opcode === Opcode.CHANNEL_IOCTL) return ' (the request was refused by ioctl() of its script)';
  return command.reply === 'data' ? ' (there is nothing to read)' : '';
}

/** A channel as errors call it. */
export function channelInWords(channel: number, name: string | undefined): string {
  return name === undefined ? `channel ${channel}` : `channel '${name}'`;
}

export function commandInWords({ opcode, channel, channelName }: Command): string {
  return channel === 0 ? opcodeName(opcode) : `${opcodeName(opcode)} on ${channelInWords(channel, channelName)}`;
}

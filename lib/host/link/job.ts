import type { Observer, Subscription } from 'rxjs';
import { OpenMVError, type ErrorCode } from '../../errors.js';
import { Opcode, opcodeName } from '../../wire/opcode.js';
import { NO_BYTES } from '../../wire/packet.js';
import type { Message, Range } from '../../wire/reassembler.js';
import { Status, statusName } from '../../wire/status.js';
import type { Command } from './command.js';
import type { Outcome } from './exchange/state.js';
import type { TracedPacket } from './trace.js';

/** The reply to a command. */
export interface Reply {
  /** Empty if the reply was an ACK. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Lost fragments, if the device does not wait for acknowledgements. */
  readonly missing: readonly Range[];
  /** Whether its end arrived. If not, the channel ran dry or the rest was lost. */
  readonly ended: boolean;
  /** How long the reply took; `undefined` if the command had to be repeated. */
  readonly pace: Pace | undefined;
}

/** From the command to the first packet of its reply, and from there to the last, in milliseconds. */
export interface Pace {
  readonly firstMs: number;
  readonly restMs: number;
}

const DONE: Reply = { payload: NO_BYTES, missing: [], ended: true, pace: undefined };

/** Commands that leave the queue together: one, or a burst. */
export interface Batch {
  readonly channel: number;
  readonly jobs: readonly Job[];
}

/** A command on its way through the queue and the exchange, with its subscriber and its deadline. By itself it is a batch of one. */
export class Job implements Batch {
  readonly jobs: readonly Job[] = [this];
  startedAt = 0;
  answeredAt = 0;
  sends = 0;
  /** True for the first of a burst. Only the first measures the round trip. */
  isFirst = false;
  #deadline: Subscription | undefined;
  readonly #subscriber: Observer<Reply>;

  constructor(
    readonly command: Command,
    readonly timeoutMs: number,
    subscriber: Observer<Reply>,
  ) {
    this.#subscriber = subscriber;
  }

  /** Sets the deadline. It also limits a command whose subscriber has left, because no other command is sent before its end. */
  limit(deadline: Subscription): void {
    this.#deadline = deadline;
  }

  get isLimited(): boolean {
    return this.#deadline !== undefined;
  }

  /** Cancels the deadline. */
  drop(): void {
    this.#deadline?.unsubscribe();
  }

  get channel(): number {
    return this.command.channel;
  }

  /** The command as a packet with this sequence, for the trace. */
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

/** The error of a command that was sent and not answered. One that cannot be repeated may have been executed. */
export function endOf(command: Command, code: ErrorCode, message: string): OpenMVError {
  if (command.repeatable !== 'never') return new OpenMVError(code, message);
  return new OpenMVError('OUTCOME_UNKNOWN', `the camera may have executed the command: ${message}`, {
    cause: new OpenMVError(code, message),
  });
}

/** The error of a command whose session is over. */
export function interruptedBy(command: Command, wasSent: boolean, reason: string): OpenMVError {
  const message = `${commandInWords(command)} was interrupted: ${reason}`;
  return wasSent ? endOf(command, 'LINK_LOST', message) : new OpenMVError('LINK_LOST', message);
}

function failure(command: Command, outcome: Exclude<Outcome, { kind: 'done' | 'data' }>): OpenMVError {
  const what = commandInWords(command);
  switch (outcome.kind) {
    case 'damaged':
    case 'refused': {
      const status = outcome.kind === 'damaged' ? Status.CHECKSUM : outcome.status;
      return new OpenMVError('NAK', `the camera refused ${what}: ${statusName(status)}${hint(command, status)}`, {
        status,
      });
    }
    case 'unknown':
      return new OpenMVError('OUTCOME_UNKNOWN', `the reply to ${what} was lost, so the camera may have executed it`);
    case 'overrun':
      return new OpenMVError(
        'MALFORMED',
        `the camera sent more than the ${command.replyLimit} bytes that ${what} asked for`,
      );
  }
}

function hint(command: Command, status: number): string {
  if (status === Status.INVALID) return ' (the channel does not support it, or the argument has the wrong size)';
  if (status !== Status.FAILED) return '';
  if (command.opcode === Opcode.CHANNEL_WRITE) return ' (write() of its script accepted no bytes)';
  if (command.opcode === Opcode.CHANNEL_IOCTL) return ' (ioctl() of its script refused the request)';
  return command.reply === 'data' ? ' (there is nothing to read)' : '';
}

/** The name of a channel in errors. */
export function channelInWords(channel: number, name: string | undefined): string {
  return name === undefined ? `channel ${channel}` : `channel '${name}'`;
}

export function commandInWords({ opcode, channel, channelName }: Command): string {
  return channel === 0 ? opcodeName(opcode) : `${opcodeName(opcode)} on ${channelInWords(channel, channelName)}`;
}

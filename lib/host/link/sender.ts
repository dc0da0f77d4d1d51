import type { SchedulerLike } from 'rxjs';
import { acknowledgement } from '../../operators/acknowledge.js';
import type { Connection } from '../../transport/transport.js';
import { encodePacketsBehind } from '../../wire/encoder.js';
import { Flag } from '../../wire/flags.js';
import { HEADER_BYTES, type Header, NO_BYTES, parseHeader } from '../../wire/packet.js';
import type { ExchangeEffect, Transmission } from './exchange/state.js';
import { stepsBetween } from '../../wire/sequence.js';
import type { Command } from './command.js';
import type { Job } from './job.js';
import type { Tracer } from './trace.js';

/** A link that lost a packet counts as lossy for this time. */
const LOSSY_MS = 2000;

/** No more replies than this are under way. */
const MOST_AHEAD = 110;

/** The position of the sequence number in a packet (PROTOCOL 1). */
const SEQUENCE_AT = 2;

/**
 * Writes to one connection, counts and traces.
 *
 * It keeps the last ACK and repeats it in front of the next command. If that ACK was lost, the device waits for it and hears no
 * command, and a long command fills the device's buffer.
 */
export class Sender {
  readonly #connection: Connection;
  readonly #scheduler: SchedulerLike;
  readonly #tracer: Tracer;
  #lastAck: Uint8Array = NO_BYTES;
  #mayBeLost = false;
  #lostAt = -Infinity;
  /** The number of losses so far. */
  losses = 0;
  /** The sequence numbers of replies whose ACKs went out with their commands. */
  readonly #sentAhead = new Set<number>();

  constructor(connection: Connection, scheduler: SchedulerLike, tracer: Tracer) {
    this.#connection = connection;
    this.#scheduler = scheduler;
    this.#tracer = tracer;
  }

  /** Writes the ACK of a packet that has arrived, unless it went out with the command and the packet is no repeat. */
  acknowledge(ack: Uint8Array): void {
    this.#lastAck = ack;
    if (this.#sentAhead.delete(ack[SEQUENCE_AT] ?? -1) && !this.isLossy) return;
    this.#mayBeLost = true;
    this.#writeAcks(ack);
  }

  /** A packet was lost or damaged. */
  lost(): void {
    this.losses++;
    this.#lostAt = this.#scheduler.now();
  }

  /** True if packets were lost within the last seconds. ACKs that went out ahead may be among them. */
  get isLossy(): boolean {
    return this.#scheduler.now() - this.#lostAt < LOSSY_MS;
  }

  /** Forgets the last ACK, because its session is over. */
  forget(): void {
    this.#lastAck = NO_BYTES;
    this.#mayBeLost = false;
    this.#sentAhead.clear();
  }

  /** Writes ACKs and the commands behind them at once. `jobOf` finds the job of a command. */
  write(
    jobOf: (command: Command) => Job | undefined,
    { acknowledgements: { last, pokes }, commands }: ExchangeEffect & { type: 'write' },
  ): void {
    if (commands.some(({ command }) => (jobOf(command)?.sends ?? 0) > 0)) this.lost();
    for (const one of commands) this.#traceRepeat(jobOf(one.command), one);
    const poked = this.#poked(commands[0] && jobOf(commands[0].command), pokes);
    const repeatsLast = last || (this.#mayBeLost && commands.length > 0);
    const acks = joined(repeatsLast ? this.#lastAck : NO_BYTES, poked);
    if (commands.length > 0) this.#mayBeLost = false;
    const packets = commands.flatMap((one) => {
      const packet = packetOf(one);
      this.#forgetAhead(one.sequence);
      if (one.isAcknowledged !== true) return [packet];
      this.#sentAhead.add(one.sequence);
      return [packet, { ...packet, flags: Flag.ACK, payload: NO_BYTES }];
    });
    const bytes = encodePacketsBehind(acks, packets);
    if (bytes.length === 0) return;
    this.#write(bytes, acks.length / HEADER_BYTES + packets.length);
    this.#traceAcks(acks);
    for (const one of packets) this.#traceSent(one);
  }

  /** Traces a command that has ended, if it had to be repeated. */
  ended(job: Job, counter: number): void {
    if (job.sends > 1)
      this.#tracer.trace({ kind: 'recovered', packet: job.traced(counter, 0), tookMs: this.#since(job) });
  }

  /** A reply that was a refusal needed no ACK: its number will be used again by another one. */
  #forgetAhead(sequence: number): void {
    for (const ahead of this.#sentAhead) if (stepsBetween(ahead, sequence) > MOST_AHEAD) this.#sentAhead.delete(ahead);
  }

  #traceRepeat(job: Job | undefined, { sequence, flags }: Transmission): void {
    if (job === undefined || job.sends++ === 0) return;
    this.#tracer.statistics.repeatedCommands++;
    const cause = (flags & Flag.RTX) === 0 ? 'it was not executed' : 'no reply';
    this.#tracer.trace({ kind: 'repeated', packet: job.traced(sequence, flags), cause, afterMs: this.#since(job) });
  }

  #traceSent({ payload, ...header }: OutgoingPacket): void {
    if (!this.#tracer.observed) return;
    this.#tracer.trace({ kind: 'sent', packet: { ...header, length: payload.length } });
  }

  #poked(job: Job | undefined, pokes: readonly Header[]): Uint8Array {
    if (pokes.length === 0) return NO_BYTES;
    this.#tracer.statistics.pokes++;
    if (job !== undefined) {
      const sequence = pokes[0]?.sequence ?? 0;
      this.#tracer.trace({ kind: 'poked', packet: job.traced(sequence, Flag.ACK), afterMs: this.#since(job) });
    }
    return pokes.map(acknowledgement).reduce<Uint8Array>(joined, NO_BYTES);
  }

  #since({ startedAt }: Job): number {
    return this.#scheduler.now() - startedAt;
  }

  #writeAcks(acks: Uint8Array): void {
    this.#write(acks, acks.length / HEADER_BYTES);
    this.#traceAcks(acks);
  }

  #traceAcks(acks: Uint8Array): void {
    if (!this.#tracer.observed) return;
    for (let at = 0; at < acks.length; at += HEADER_BYTES) {
      const packet = parseHeader(acks, at);
      if (packet !== undefined) this.#tracer.trace({ kind: 'sent', packet });
    }
  }

  #write(bytes: Uint8Array, packets: number): void {
    this.#tracer.statistics.sentBytes += bytes.length;
    this.#tracer.statistics.sentPackets += packets;
    // A lost connection ends the link by itself. After any other failed write the command gets no answer, and is repeated.
    this.#connection.write(bytes).subscribe({ error: () => undefined });
  }
}

type OutgoingPacket = Header & { readonly payload: Uint8Array<ArrayBuffer> };

function packetOf({ command: { opcode, channel, payload }, sequence, flags }: Transmission): OutgoingPacket {
  return { sequence, channel, flags, opcode, payload };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (second.length === 0) return first;
  if (first.length === 0) return second;
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

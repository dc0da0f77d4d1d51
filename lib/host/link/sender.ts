import type { SchedulerLike } from 'rxjs';
import { acknowledgement } from '../../operators/acknowledge.js';
import type { Connection } from '../../transport/transport.js';
import { encodePacketBehind } from '../../wire/encoder.js';
import { Flag } from '../../wire/flags.js';
import { HEADER_BYTES, type Header, NO_BYTES, parseHeader } from '../../wire/packet.js';
import type { ExchangeEffect, Transmission } from './exchange/state.js';
import type { Job } from './job.js';
import type { Tracer } from './trace.js';

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

  constructor(connection: Connection, scheduler: SchedulerLike, tracer: Tracer) {
    this.#connection = connection;
    this.#scheduler = scheduler;
    this.#tracer = tracer;
  }

  /** Writes the ACK of a packet that has arrived. */
  acknowledge(ack: Uint8Array): void {
    this.#lastAck = ack;
    this.#mayBeLost = true;
    this.#writeAcks(ack);
  }

  /** Forgets the last ACK, because its session is over. */
  forget(): void {
    this.#lastAck = NO_BYTES;
    this.#mayBeLost = false;
  }

  /** Writes ACKs and the commands behind them at once. `job` is the command that the write is about. */
  write(
    job: Job | undefined,
    { acknowledgements: { last, pokes }, commands }: ExchangeEffect & { type: 'write' },
  ): void {
    for (const one of commands) this.#traceRepeat(job, one);
    const poked = this.#poked(job, pokes);
    const repeatsLast = last || (this.#mayBeLost && commands.length > 0);
    const acks = joined(repeatsLast ? this.#lastAck : NO_BYTES, poked);
    if (commands.length > 0) this.#mayBeLost = false;
    const bytes = commands.reduce<Uint8Array>((before, one) => encodePacketBehind(before, packetOf(one)), acks);
    if (bytes.length === 0) return;
    this.#write(bytes, acks.length / HEADER_BYTES + commands.length);
    this.#traceAcks(acks);
    for (const one of commands) this.#traceSent(one);
  }

  /** Traces a command that has ended, if it had to be repeated. */
  ended(job: Job, counter: number): void {
    if (job.sends > 1)
      this.#tracer.trace({ kind: 'recovered', packet: job.traced(counter, 0), tookMs: this.#since(job) });
  }

  #traceRepeat(job: Job | undefined, { sequence, flags }: Transmission): void {
    if (job === undefined || job.sends++ === 0) return;
    this.#tracer.statistics.repeatedCommands++;
    const cause = (flags & Flag.RTX) === 0 ? 'it was not executed' : 'no reply';
    this.#tracer.trace({ kind: 'repeated', packet: job.traced(sequence, flags), cause, afterMs: this.#since(job) });
  }

  #traceSent(one: Transmission): void {
    if (!this.#tracer.observed) return;
    const { payload, ...header } = packetOf(one);
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

function packetOf({ command: { opcode, channel, payload }, sequence, flags }: Transmission): Header & {
  readonly payload: Uint8Array<ArrayBuffer>;
} {
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

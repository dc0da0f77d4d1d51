import type { SchedulerLike } from 'rxjs';
import { acknowledgement } from '../../operators/acknowledge.js';
import type { Connection } from '../../transport/transport.js';
import { encodePacketBehind } from '../../wire/encoder.js';
import { Flag } from '../../wire/flags.js';
import { parseHeader } from '../../wire/packet.js';
import { HEADER_BYTES, NO_BYTES, type Header } from '../../wire/packet.js';
import type { ExchangeEffect } from './exchange-state.js';
import type { Job } from './job.js';
import type { Tracer } from './trace.js';

type SendEffect = Extract<ExchangeEffect, { type: 'send' }>;
type PokeEffect = Extract<ExchangeEffect, { type: 'poke' }>;

/**
 * Writes to one connection, counts and traces. ACKs and the command behind them go out in one write.
 *
 * It knows the last ACK, which may be lost: the device then waits for it and hears no command, and a long command leaves
 * no room in its buffer for another. So the ACK goes out once more in front of the next command.
 */
export class Sender {
  #lastAck: Uint8Array = NO_BYTES;
  #mayBeLost = false;

  constructor(
    private readonly connection: Connection,
    private readonly scheduler: SchedulerLike,
    private readonly tracer: Tracer,
  ) {}

  /** An ACK of a packet that came. */
  acknowledge(ack: Uint8Array): void {
    this.#lastAck = ack;
    this.#mayBeLost = true;
    this.#writeAcks(ack);
  }

  /** Forgets the last ACK: its session is over. */
  forget(): void {
    this.#lastAck = NO_BYTES;
    this.#mayBeLost = false;
  }

  /** A command, for the first time or again. */
  command(job: Job | undefined, { command, sequence, flags, acknowledgements }: SendEffect): void {
    if (job !== undefined && job.sends++ > 0) {
      this.tracer.statistics.repeatedCommands++;
      const cause = (flags & Flag.RTX) === 0 ? 'it was not executed' : 'no reply';
      this.tracer.tell({ kind: 'repeated', packet: job.traced(sequence, flags), cause, afterMs: this.#since(job) });
    }
    const { opcode, channel, payload } = command;
    const header = { sequence, channel, flags, opcode };
    const pokes = this.#poked(job, acknowledgements.pokes);
    const acks = joined(this.#mayBeLost || acknowledgements.last ? this.#lastAck : NO_BYTES, pokes);
    this.#mayBeLost = false;
    this.#write(encodePacketBehind(acks, { ...header, payload }), acks.length / HEADER_BYTES + 1);
    this.#traceAcks(acks);
    if (this.tracer.listening) this.tracer.tell({ kind: 'sent', packet: { ...header, length: payload.length } });
  }

  /** The ACKs alone. */
  poke(job: Job | undefined, { acknowledgements: { last, pokes } }: PokeEffect): void {
    const acks = joined(last ? this.#lastAck : NO_BYTES, this.#poked(job, pokes));
    if (acks.length > 0) this.#writeAcks(acks);
  }

  /** A command has ended; where it had to be repeated, that is told. */
  ended(job: Job, counter: number): void {
    if (job.sends > 1)
      this.tracer.tell({ kind: 'recovered', packet: job.traced(counter, 0), tookMs: this.#since(job) });
  }

  #poked(job: Job | undefined, pokes: readonly Header[]): Uint8Array {
    if (pokes.length === 0) return NO_BYTES;
    this.tracer.statistics.pokes++;
    if (job !== undefined) {
      const sequence = pokes[0]?.sequence ?? 0;
      this.tracer.tell({ kind: 'poked', packet: job.traced(sequence, Flag.ACK), afterMs: this.#since(job) });
    }
    return pokes.map(acknowledgement).reduce<Uint8Array>(joined, NO_BYTES);
  }

  #since({ startedAt }: Job): number {
    return this.scheduler.now() - startedAt;
  }

  #writeAcks(acks: Uint8Array): void {
    this.#write(acks, acks.length / HEADER_BYTES);
    this.#traceAcks(acks);
  }

  #traceAcks(acks: Uint8Array): void {
    if (!this.tracer.listening) return;
    for (let at = 0; at < acks.length; at += HEADER_BYTES) {
      const packet = parseHeader(acks, at);
      if (packet !== undefined) this.tracer.tell({ kind: 'sent', packet });
    }
  }

  #write(bytes: Uint8Array, packets: number): void {
    this.tracer.statistics.sentBytes += bytes.length;
    this.tracer.statistics.sentPackets += packets;
    // A write that fails shows as the loss of the connection, which ends the link.
    this.connection.write(bytes).subscribe({ error: () => undefined });
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (second.length === 0) return first;
  if (first.length === 0) return second;
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

import type { SchedulerLike } from 'rxjs';
import { askForRepeat } from '../operators/acknowledge.js';
import type { Connection } from '../transport/transport.js';
import { encodePacket } from '../wire/encoder.js';
import { Flag } from '../wire/flags.js';
import { parseHeader } from '../wire/header.js';
import { HEADER_BYTES } from '../wire/packet.js';
import type { ExchangeEffect } from './exchange-state.js';
import type { Job } from './job.js';
import type { Tracer } from './trace.js';

type SendEffect = Extract<ExchangeEffect, { type: 'send' }>;
type PokeEffect = Extract<ExchangeEffect, { type: 'poke' }>;

/** What goes out on one connection: each packet in one write, counted and told. */
export class Sender {
  constructor(
    private readonly connection: Connection,
    private readonly scheduler: SchedulerLike,
    private readonly tracer: Tracer,
  ) {}

  /** A command, for the first time or again. */
  command(job: Job | undefined, { command, sequence, flags }: SendEffect): void {
    if (job !== undefined && job.sends++ > 0) {
      this.tracer.statistics.repeatedCommands++;
      const cause = (flags & Flag.RTX) === 0 ? 'it was not executed' : 'no reply';
      this.tracer.tell({ kind: 'repeated', packet: job.traced(sequence, flags), cause, afterMs: this.#since(job) });
    }
    const { opcode, channel, payload } = command;
    const header = { sequence, channel, flags, opcode };
    this.#write(encodePacket({ ...header, payload }), 1);
    if (this.tracer.listening) this.tracer.tell({ kind: 'sent', packet: { ...header, length: payload.length } });
  }

  /** Asks for a packet that did not come. */
  poke(job: Job | undefined, { command, sequence }: PokeEffect): void {
    this.tracer.statistics.pokes++;
    if (job !== undefined) {
      this.tracer.tell({ kind: 'poked', packet: job.traced(sequence, Flag.NAK), afterMs: this.#since(job) });
    }
    this.sendBare(askForRepeat({ opcode: command.opcode, channel: command.channel, sequence }));
  }

  /** A command has ended; where it had to be repeated, that is told. */
  ended(job: Job, counter: number): void {
    if (job.sends > 1)
      this.tracer.tell({ kind: 'recovered', packet: job.traced(counter, 0), tookMs: this.#since(job) });
  }

  /** Packets without payload, which belong in one write. */
  sendBare(bytes: Uint8Array): void {
    const packets = bytes.length / HEADER_BYTES;
    this.#write(bytes, packets);
    if (!this.tracer.listening) return;
    for (let i = 0; i < packets; i++) {
      const packet = parseHeader(bytes, i * HEADER_BYTES);
      if (packet !== undefined) this.tracer.tell({ kind: 'sent', packet });
    }
  }

  #since({ startedAt }: Job): number {
    return this.scheduler.now() - startedAt;
  }

  #write(bytes: Uint8Array, packets: number): void {
    this.tracer.statistics.sentBytes += bytes.length;
    this.tracer.statistics.sentPackets += packets;
    // A write that fails shows as the loss of the connection, which ends the link.
    this.connection.write(bytes).subscribe({ error: () => undefined });
  }
}

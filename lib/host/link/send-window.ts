import { Opcode } from '../../wire/opcode.js';
import { HEADER_BYTES, OVERHEAD_BYTES } from '../../wire/packet.js';
import type { Capabilities } from '../../wire/payloads/index.js';
import type { Command } from './command.js';
import { FLIGHT_SPARE_BYTES } from './exchange/flight.js';
import type { Batch, Job } from './job.js';

/** The most commands on the wire. With 128 or more, a sequence number that is behind looks as if it were ahead. */
const MOST_COMMANDS = 100;

/**
 * The jobs of the commands that are on the wire together. They must fit into the device's receive buffer with the ACKs behind them, and one
 * more ACK (PROTOCOL 5a, "Room").
 */
export class SendWindow {
  readonly #jobs = new Map<Command, Job>();
  #bytes = 0;

  get size(): number {
    return this.#jobs.size;
  }

  /**
   * Whether a command may share the wire with others: it has one packet as its reply, and does not end or change the session. One that must not be
   * executed twice is alone on the wire: a wire that does not keep the order can make a refused command look like an executed one, and the
   * other way round.
   */
  static admits({ opcode, reply, replyLimit, repeatable }: Command): boolean {
    if (opcode < Opcode.CHANNEL_POLL || repeatable === 'never') return false;
    return reply === 'ack' || (reply === 'data' && replyLimit <= WORD_BYTES);
  }

  /** The most bytes on the wire. 0 if commands can't share it: the device must check sequence numbers. */
  static bytes(capabilities: Capabilities | undefined): number {
    if (capabilities?.seq !== true) return 0;
    return Math.max(capabilities.maxPayload + OVERHEAD_BYTES - HEADER_BYTES - FLIGHT_SPARE_BYTES, 0);
  }

  /** Whether the device can never take a burst: SET_CAPS has changed its packets since the burst was planned. */
  static refuses({ jobs }: Batch, capabilities: Capabilities | undefined): boolean {
    const bytes = jobs.reduce((sum, { command }) => sum + bytesInBuffer(command), 0);
    const most = capabilities?.maxPayload ?? 0;
    return bytes > SendWindow.bytes(capabilities) || jobs.some(({ command }) => command.replyLimit > most);
  }

  fits({ jobs }: Batch, capabilities: Capabilities | undefined): boolean {
    const bytes = jobs.reduce((sum, { command }) => sum + bytesInBuffer(command), this.#bytes);
    return bytes <= SendWindow.bytes(capabilities) && this.#jobs.size + jobs.length <= MOST_COMMANDS;
  }

  add(job: Job): void {
    this.#jobs.set(job.command, job);
    this.#bytes += bytesInBuffer(job.command);
  }

  get(command: Command): Job | undefined {
    return this.#jobs.get(command);
  }

  /** Removes and returns the job of a command that has ended. */
  remove(command: Command): Job | undefined {
    const job = this.#jobs.get(command);
    if (this.#jobs.delete(command)) this.#bytes -= bytesInBuffer(command);
    return job;
  }

  clear(): Job[] {
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    this.#bytes = 0;
    return jobs;
  }
}

const WORD_BYTES = 4;

/** The bytes of a command in the device's buffer, with the ACK of its reply. */
export function bytesInBuffer({ payload, reply }: Command): number {
  const body = payload.length === 0 ? 0 : payload.length + OVERHEAD_BYTES - HEADER_BYTES;
  return HEADER_BYTES + body + (reply === 'data' ? HEADER_BYTES : 0);
}

import type { Connection } from '../../transport/transport.js';
import { Opcode } from '../../wire/opcode.js';
import { Status } from '../../wire/status.js';
import { BusyTimes } from './busy-times.js';
import { commandContext, type CommandContext } from './command-context.js';
import type { DeviceState } from './device-state.js';
import { acknowledgedEvent, eventPacket, unacknowledged, unsendable, type PendingEvent } from './event-packet.js';
import { examine, type Finding } from './examine.js';
import { execute } from './commands.js';
import { Inbox } from './inbox.js';
import { ReceiveBuffer } from './inbox.js';
import { Strand } from './strand.js';
import { releaseLocks, synchronise } from './system-commands.js';
import { refuse, type Task } from './task.js';
import { Transmitter } from './transmitter.js';

/** Events that wait for their turn, at most: for their acknowledgement, or until the camera is no longer busy. */
const MAX_PENDING = 32;

/**
 * The protocol stack on one connection (PROTOCOL 4, 5). All that may happen to it, bytes, timers and answers of
 * back-ends, only changes what it knows and calls `pump`, which alone takes steps: it is never inside itself.
 *
 * One strand executes commands. The other sends events that wait for their acknowledgement: between two commands, and
 * while a back-end has not answered, which may itself be waiting for the event.
 */
export class Session {
  private readonly inbox = new Inbox();
  private readonly buffer: ReceiveBuffer;
  private readonly transmitter: Transmitter;
  private readonly context: CommandContext;
  private readonly command: Strand;
  private readonly event: Strand;
  private readonly pending: PendingEvent[] = [];
  /** Events held back while the camera is busy. */
  private readonly held: { readonly channel: number; readonly event: number }[] = [];
  private readonly busyTimes: BusyTimes;
  private ended = false;
  private pumping = false;

  /** @param onEnd called once, when the connection is lost or the host has restarted the camera */
  constructor(
    private readonly device: DeviceState,
    connection: Pick<Connection, 'write'>,
    private readonly onEnd: () => void,
  ) {
    const { settings } = device;
    const buffer = new ReceiveBuffer(settings.bufferSize);
    const pump = () => this.pump();
    this.busyTimes = new BusyTimes(settings.busy, settings.scheduler, pump);
    const transmitter = new Transmitter(device, connection, pump, () => this.end());
    const shared = {
      device,
      inbox: this.inbox,
      buffer,
      transmitter,
      pump,
      synchronise: () => this.synchronise(),
      giveUp: () => this.giveUp(),
    };
    this.buffer = buffer;
    this.transmitter = transmitter;
    this.command = new Strand(shared);
    this.event = new Strand(shared);
    this.context = commandContext(device, transmitter, {
      resetState: () => this.resetState(),
      end: () => this.end(),
    });
  }

  /** Takes in what there is room for; the rest of a chunk that comes while nothing can be taken is lost. */
  receive(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.ended;) {
      const taken = this.inbox.push(chunk.subarray(at));
      if (taken === 0) {
        this.device.counters.transportErrors++;
        return;
      }
      at += taken;
      this.pump();
    }
  }

  /** Sends an event at once, or when the camera is no longer busy; false when it may not or can't be sent. */
  notify(channel: number, event: number): boolean {
    if (!this.mayNotify) return false;
    if (!this.busyTimes.isBusy) return this.tell(channel, event);
    return this.held.length < MAX_PENDING && this.held.push({ channel, event }) > 0;
  }

  private tell(channel: number, event: number): boolean {
    const { counters } = this.device;
    counters.sentEvents++;
    if (this.transmitter.full) {
      counters.transportErrors++;
      return false;
    }
    this.transmitter.write(this.transmitter.stamp(eventPacket(channel, event)));
    return true;
  }

  /** Sends an event that waits for its acknowledgement when it is its turn; false when too many wait already. */
  enqueue(event: PendingEvent): boolean {
    if (this.pending.length >= MAX_PENDING) return false;
    this.pending.push(event);
    this.pump();
    return true;
  }

  get mayNotify(): boolean {
    return !this.ended && this.transmitter.capabilities.events;
  }

  /** Begins anew on the same connection, as a soft reboot does. */
  reset(): void {
    if (this.ended) return;
    this.tellHeld();
    this.atOnce(() => {
      this.abandon()?.return();
      this.resetState();
      this.command.start(releaseLocks(this.context));
    });
    this.pump();
  }

  /** A packet was never acknowledged: begins anew, and goes on with a `read` that is not at its end (PROTOCOL 5). */
  private giveUp(): void {
    const rest = this.abandon();
    this.resetState();
    this.command.start(inTurn(releaseLocks(this.context), rest));
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.busyTimes.stop();
    this.abandon()?.return();
    this.pending.splice(0).forEach(unacknowledged);
    this.onEnd();
  }

  pump(): void {
    if (this.pumping) return;
    this.atOnce(() => {
      while (this.step());
    });
  }

  /** Lets no step be taken in the middle of this; whoever is called may call back. */
  private atOnce(work: () => void): void {
    const outer = this.pumping;
    this.pumping = true;
    try {
      work();
    } finally {
      this.pumping = outer;
    }
  }

  /** False when nothing can be done until something happens. */
  private step(): boolean {
    if (this.ended || this.busyTimes.isBusy || this.transmitter.full || this.device.unsettled.any) return false;
    if (this.tellHeld()) return true;
    const strand = this.event.kind === 'idle' ? this.command : this.event;
    if (strand.kind === 'running' || strand.kind === 'waiting') return strand.step();
    if (this.startEvent()) return true;
    if (strand.kind === 'settling') return false;
    this.inbox.moveTo(this.buffer);
    return this.act(
      examine(this.buffer.bytes, { ...this.transmitter.capabilities, sequence: this.transmitter.sequence }),
    );
  }

  private tellHeld(): boolean {
    const held = this.held.splice(0);
    for (const { channel, event } of held) if (this.mayNotify) this.tell(channel, event);
    return held.length > 0;
  }

  private startEvent(): boolean {
    const event = this.pending.shift();
    if (!event) return false;
    if (this.mayNotify && this.device.channels.has(event.channel)) {
      this.device.counters.sentEvents++;
      // The back-end that has not answered may look at bytes of the buffer, which is filled while the event waits.
      if (this.command.kind === 'settling') this.buffer.detach();
      this.event.start(acknowledgedEvent(event));
    } else unsendable(event);
    return true;
  }

  private act(finding: Finding): boolean {
    if (finding.kind === 'more') return false;
    if (finding.kind === 'sync') {
      this.synchronise();
      return true;
    }
    this.buffer.consume(finding.consumed);
    if (finding.kind === 'command') this.command.start(execute(finding.packet, this.context));
    if (finding.kind === 'refuse') {
      if (finding.status === Status.SEQUENCE) this.device.counters.sequenceErrors++;
      if (finding.status === Status.CHECKSUM) this.device.counters.checksumErrors++;
      this.command.start(refuse(finding.header, finding.status));
    }
    return true;
  }

  /** The SYNC out of turn: inside a packet whose rest has not come, or instead of an acknowledgement. */
  private synchronise(): void {
    const rest = this.abandon();
    this.device.counters.receivedPackets++;
    this.command.start(inTurn(synchronise({ opcode: Opcode.PROTO_SYNC, channel: 0 }, this.context), rest));
  }

  private resetState(): void {
    this.transmitter.reset();
    this.buffer.clear();
  }

  /** Drops what is being done, and answers with the task that goes on after a reset, if there is one. */
  private abandon(): Task | undefined {
    this.event.abandon();
    return this.command.abandon();
  }
}

function* inTurn(first: Task, rest: Task | undefined): Task {
  yield* first;
  if (rest !== undefined) yield* rest;
}

import type { Connection } from '../transport/transport.js';
import { Opcode } from '../wire/opcode.js';
import { Status } from '../wire/status.js';
import { commandContext, type CommandContext } from './command-context.js';
import type { DeviceState } from './device-state.js';
import { acknowledgedEvent, eventPacket, unacknowledged, unsendable, type PendingEvent } from './event-packet.js';
import { examine, type Finding } from './examine.js';
import { execute } from './execute.js';
import { Inbox } from './inbox.js';
import { ReceiveBuffer } from './receive-buffer.js';
import { Strand } from './strand.js';
import { releaseLocks, synchronise } from './system-commands.js';
import { refuse } from './task.js';
import { Transmitter } from './transmitter.js';

/** Events that wait for their turn and acknowledgement, at most. */
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
    const transmitter = new Transmitter(device, connection, pump, () => this.end());
    const shared = {
      device,
      inbox: this.inbox,
      buffer,
      transmitter,
      pump,
      synchronise: () => this.synchronise(),
      reset: () => this.reset(),
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

  /** Sends an event at once, whatever else goes on; false when it may not or can't be sent. */
  notify(channel: number, event: number): boolean {
    if (!this.mayNotify) return false;
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

  /** As after a start, on the same connection: what a soft reboot does to it. */
  reset(): void {
    if (this.ended) return;
    this.atOnce(() => {
      this.abandon();
      this.resetState();
      this.command.start(releaseLocks(this.context));
    });
    this.pump();
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.abandon();
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
    if (this.ended || this.transmitter.full || this.device.unsettled.any) return false;
    const strand = this.event.kind === 'idle' ? this.command : this.event;
    if (strand.kind === 'running' || strand.kind === 'waiting') return strand.step();
    if (this.startEvent()) return true;
    if (strand.kind === 'settling') return false;
    this.inbox.moveTo(this.buffer);
    return this.act(
      examine(this.buffer.bytes, { ...this.transmitter.capabilities, sequence: this.transmitter.sequence }),
    );
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
    this.abandon();
    this.device.counters.receivedPackets++;
    this.command.start(synchronise({ opcode: Opcode.PROTO_SYNC, channel: 0 }, this.context));
  }

  private resetState(): void {
    this.transmitter.reset();
    this.buffer.clear();
  }

  private abandon(): void {
    this.event.abandon();
    this.command.abandon();
  }
}

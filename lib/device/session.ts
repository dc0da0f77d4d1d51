import { Subscription, type ObservableInput } from 'rxjs';
import type { Connection } from '../transport/transport.js';
import { Flag } from '../wire/flags.js';
import { Opcode } from '../wire/opcode.js';
import type { Packet } from '../wire/packet.js';
import { Status } from '../wire/status.js';
import { AckWait } from './ack-wait.js';
import { commandContext, type CommandContext } from './command-context.js';
import type { DeviceState } from './device-state.js';
import { acknowledgedEvent, eventPacket, unacknowledged, type PendingEvent } from './event-packet.js';
import { examine, type Finding } from './examine.js';
import { execute } from './execute.js';
import { findAcknowledgement } from './find-acknowledgement.js';
import { Inbox } from './inbox.js';
import { ReceiveBuffer } from './receive-buffer.js';
import type { SessionState } from './session-state.js';
import { settle } from './settle.js';
import { releaseLocks, synchronise } from './system-commands.js';
import { refuse, type Effect, type Task, type Unnumbered } from './task.js';
import { Transmitter } from './transmitter.js';

/** Events that wait for their turn and acknowledgement, at most. */
const MAX_PENDING = 32;

/**
 * The protocol stack on one connection (PROTOCOL 4, 5). All that may happen to it, bytes, timers and answers of
 * back-ends, only changes what it knows and calls `pump`, which alone takes steps: it is never inside itself.
 */
export class Session {
  private readonly inbox = new Inbox();
  private readonly buffer: ReceiveBuffer;
  private readonly transmitter: Transmitter;
  private readonly context: CommandContext;
  private readonly pending: PendingEvent[] = [];
  private state: SessionState = { kind: 'idle' };
  private pumping = false;
  private executing = false;

  /** @param onEnd called once, when the connection is lost or the host has restarted the camera */
  constructor(
    private readonly device: DeviceState,
    connection: Pick<Connection, 'write'>,
    private readonly onEnd: () => void,
  ) {
    const { settings } = device;
    this.buffer = new ReceiveBuffer(settings.bufferSize);
    const transmitter = new Transmitter(
      device,
      connection,
      () => this.pump(),
      () => this.end(),
    );
    this.transmitter = transmitter;
    this.context = commandContext(device, transmitter, {
      resetState: () => this.resetState(),
      end: () => this.end(),
    });
  }

  receive(chunk: Uint8Array): void {
    if (this.state.kind === 'ended') return;
    if (!this.inbox.push(chunk)) this.device.counters.transportErrors++;
    this.pump();
  }

  /** Sends an event at once, whatever else goes on; false when it may not or can't be sent. */
  notify(channel: number, event: number): boolean {
    if (!this.mayNotify) return false;
    this.device.counters.sentEvents++;
    this.transmitter.write(this.transmitter.stamp(eventPacket(channel, event)));
    return true;
  }

  get mayNotify(): boolean {
    return this.state.kind !== 'ended' && this.transmitter.capabilities.events && !this.transmitter.full;
  }

  /** Sends an event that waits for its acknowledgement between two commands; false when too many wait already. */
  enqueue(event: PendingEvent): boolean {
    if (this.pending.length >= MAX_PENDING) return false;
    this.pending.push(event);
    this.device.counters.sentEvents++;
    this.pump();
    return true;
  }

  /** As after a start, on the same connection: what a soft reboot does to it. */
  reset(): void {
    if (this.state.kind === 'ended') return;
    this.abandon({ kind: 'idle' });
    this.resetState();
    this.start(releaseLocks(this.context));
    this.pump();
  }

  end(): void {
    if (this.state.kind === 'ended') return;
    this.abandon({ kind: 'ended' });
    this.pending.splice(0).forEach(unacknowledged);
    this.onEnd();
  }

  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    try {
      while (this.step());
    } finally {
      this.pumping = false;
    }
  }

  /** False when nothing can be done until something happens. */
  private step(): boolean {
    const { state } = this;
    if (state.kind === 'ended' || state.kind === 'settling' || this.transmitter.full) return false;
    if (state.kind === 'running') return this.advance(state.task, state.resume);
    if (state.kind === 'waiting') return this.lookForAcknowledgement(state.task, state.wait);
    const event = this.pending.shift();
    if (event) return this.start(acknowledgedEvent(event));
    this.inbox.moveTo(this.buffer);
    return this.act(
      examine(this.buffer.bytes, { ...this.transmitter.capabilities, sequence: this.transmitter.sequence }),
    );
  }

  private act(finding: Finding): boolean {
    if (finding.kind === 'more') return false;
    if (finding.kind === 'sync') return this.synchronise();
    this.buffer.consume(finding.consumed);
    if (finding.kind === 'command') return this.start(execute(finding.packet, this.context));
    if (finding.kind === 'refuse') {
      if (finding.status === Status.SEQUENCE) this.device.counters.sequenceErrors++;
      if (finding.status === Status.CHECKSUM) this.device.counters.checksumErrors++;
      return this.start(refuse(finding.header, finding.status));
    }
    return true;
  }

  private synchronise(): true {
    this.device.counters.receivedPackets++;
    return this.start(synchronise({ opcode: Opcode.PROTO_SYNC, channel: 0 }, this.context));
  }

  private start(task: Task): true {
    this.state = { kind: 'running', task, resume: () => task.next() };
    return true;
  }

  private advance(task: Task, resume: () => IteratorResult<Effect, void>): boolean {
    const before = this.state;
    this.executing = true;
    const { done, value: effect } = resume();
    this.executing = false;
    // The back-end itself may have rebooted or ended us.
    if (this.state !== before) task.return();
    else if (done) this.state = { kind: 'idle' };
    else if (effect.kind === 'send') this.send(task, effect.packet);
    else this.settle(task, effect.answer);
    return true;
  }

  private settle(task: Task, answer: ObservableInput<unknown>): void {
    const subscription = new Subscription();
    const settling: SessionState = { kind: 'settling', task, answer: subscription };
    this.state = settling;
    subscription.add(
      settle(task, answer, (resume) => {
        if (this.state !== settling) return;
        this.state = { kind: 'running', task, resume };
        this.pump();
      }),
    );
  }

  /** Whoever writes may be called back: the session may be over or reset when the write returns. */
  private send(task: Task, unnumbered: Unnumbered): void {
    const packet = this.transmitter.stamp(unnumbered);
    if ((packet.flags & Flag.ACK_REQ) !== 0) {
      const { retransmitRetries, retransmitTimeoutMs, scheduler } = this.device.settings;
      const wait = new AckWait(packet, retransmitRetries, retransmitTimeoutMs, scheduler);
      this.state = { kind: 'waiting', task, wait };
    }
    const before = this.state;
    this.transmitter.write(packet);
    if (this.state !== before) return;
    if (before.kind === 'waiting') before.wait.start(() => this.pump());
    else this.sent(task, packet);
  }

  private lookForAcknowledgement(task: Task, wait: AckWait): boolean {
    this.inbox.moveTo(this.buffer);
    const found = findAcknowledgement(this.buffer.bytes, wait.scanFrom, wait.packet, this.transmitter.capabilities.crc);
    if (found.kind === 'none') {
      wait.scanFrom = found.next;
      if (wait.due) this.repeat(wait);
      return wait.due || this.state.kind !== 'waiting';
    }
    if (found.kind === 'sync') {
      this.abandon({ kind: 'idle' });
      return this.synchronise();
    }
    // Only at the beginning is it consumed; elsewhere it stays, and is skipped in its turn.
    if (found.at === 0) this.buffer.consume(found.next);
    wait.scanFrom = found.at === 0 ? 0 : found.next;
    if (found.kind === 'nak') {
      wait.refused = true;
      this.repeat(wait);
    } else {
      wait.stop();
      this.sent(task, wait.packet);
    }
    return true;
  }

  private repeat(wait: AckWait): void {
    if (!wait.repeat()) {
      this.reset();
      return;
    }
    const before = this.state;
    this.transmitter.repeat(wait.packet);
    if (this.state === before) wait.start(() => this.pump());
  }

  private sent(task: Task, packet: Packet): void {
    this.transmitter.count(packet);
    this.start(task);
  }

  private resetState(): void {
    this.transmitter.reset();
    this.buffer.clear();
  }

  /** Drops what is being done. A task that is on the stack right now is dropped by `advance`. */
  private abandon(next: SessionState): void {
    const { state } = this;
    this.state = next;
    if (!('task' in state)) return;
    if (state.kind === 'waiting') state.wait.stop();
    if (state.kind === 'settling') state.answer.unsubscribe();
    if (!this.executing) state.task.return();
  }
}

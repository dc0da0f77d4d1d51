import { from, Subscription, type ObservableInput } from 'rxjs';
import type { Connection } from '../transport/transport.js';
import { Flag } from '../wire/flags.js';
import { Opcode } from '../wire/opcode.js';
import type { Packet } from '../wire/packet.js';
import type { Capabilities } from '../wire/payloads/index.js';
import { Status } from '../wire/status.js';
import { AckWait } from './ack-wait.js';
import type { CommandContext, DeviceState } from './command-context.js';
import { eventPacket } from './event-packet.js';
import { examine, type Finding } from './examine.js';
import { execute } from './execute.js';
import { findAcknowledgement } from './find-acknowledgement.js';
import { Inbox } from './inbox.js';
import { outgoingBytes } from './outgoing.js';
import { Output } from './output.js';
import { ReceiveBuffer } from './receive-buffer.js';
import { releaseLocks, synchronise } from './system-commands.js';
import { refuse, type Effect, type Task, type Unnumbered } from './task.js';

type State =
  | { readonly kind: 'idle' | 'ended' }
  | { readonly kind: 'running'; readonly task: Task; readonly resume: () => IteratorResult<Effect, void> }
  | { readonly kind: 'settling'; readonly task: Task; readonly answer: Subscription }
  | { readonly kind: 'waiting'; readonly task: Task; readonly wait: AckWait };

/** Events that wait for their turn and acknowledgement, at most. */
const MAX_PENDING = 32;

/**
 * The protocol stack on one connection (PROTOCOL 4, 5). All that may happen to it, bytes, timers and answers of
 * back-ends, only changes what it knows and calls `pump`, which alone takes steps: it is never inside itself.
 */
export class Session {
  private readonly inbox = new Inbox();
  private readonly buffer: ReceiveBuffer;
  private readonly output: Output;
  private readonly context: CommandContext;
  private readonly pending: Task[] = [];
  private state: State = { kind: 'idle' };
  private sequence = 0;
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
    this.output = new Output(
      connection,
      () => this.pump(),
      () => {
        device.counters.transportErrors++;
        this.end();
      },
    );
    this.context = {
      ...device,
      capabilities: settings.capabilities,
      report: (channel, opcode, error) => device.report(channel, opcode, error),
      restart: (into) => {
        this.end();
        device.restart(into);
      },
      resetState: () => this.resetState(),
      restartSequence: () => {
        this.sequence = 0;
      },
    };
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
    this.write({ kind: 'packet', sequence: this.sequence, ...eventPacket(channel, event) });
    return true;
  }

  get mayNotify(): boolean {
    return this.state.kind !== 'ended' && this.capabilities.events && !this.output.full;
  }

  /** Runs a task between two commands; false when too many wait already. */
  enqueue(task: Task): boolean {
    if (this.pending.length >= MAX_PENDING) return false;
    this.pending.push(task);
    this.pump();
    return true;
  }

  /** As after a start, on the same connection: what a soft reboot does to it. */
  reset(): void {
    if (this.state.kind === 'ended') return;
    this.abandon();
    this.resetState();
    this.start(releaseLocks(this.context));
    this.pump();
  }

  end(): void {
    if (this.state.kind === 'ended') return;
    this.abandon();
    this.state = { kind: 'ended' };
    this.pending.splice(0).forEach((task) => task.return());
    this.onEnd();
  }

  private get capabilities(): Capabilities {
    return this.context.capabilities;
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
    if (state.kind === 'ended' || state.kind === 'settling' || this.output.full) return false;
    if (state.kind === 'running') return this.advance(state.task, state.resume);
    if (state.kind === 'waiting') return this.lookForAcknowledgement(state.task, state.wait);
    const task = this.pending.shift();
    if (task) return this.start(task);
    this.inbox.moveTo(this.buffer);
    return this.act(examine(this.buffer.bytes, { ...this.capabilities, sequence: this.sequence }));
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
    const settling: State = { kind: 'settling', task, answer: subscription };
    this.state = settling;
    const resumed = (resume: () => IteratorResult<Effect, void>) => {
      if (this.state !== settling) return;
      this.state = { kind: 'running', task, resume };
      this.pump();
    };
    let last: unknown;
    subscription.add(
      from(answer).subscribe({
        next: (value) => (last = value),
        error: (error: unknown) => resumed(() => task.throw(error)),
        complete: () => resumed(() => task.next(last)),
      }),
    );
  }

  private send(task: Task, unnumbered: Unnumbered): void {
    const flags = this.flagsFor(unnumbered.flags);
    const packet: Packet = { kind: 'packet', sequence: this.sequence, ...unnumbered, flags };
    if ((flags & Flag.ACK_REQ) === 0) {
      const before = this.state;
      this.write(packet);
      if (this.state === before) this.sent(task, packet);
      return;
    }
    const { retransmitRetries, retransmitTimeoutMs, scheduler } = this.device.settings;
    const wait = new AckWait(packet, retransmitRetries, retransmitTimeoutMs, scheduler);
    this.state = { kind: 'waiting', task, wait };
    this.writeAndWait(packet, wait);
  }

  private flagsFor(flags: number): number {
    const { ack } = this.capabilities;
    const asks = ack && ((flags & Flag.ACK_REQ) !== 0 || (flags & (Flag.ACK | Flag.NAK | Flag.EVENT)) === 0);
    return asks ? flags | Flag.ACK_REQ : flags & ~Flag.ACK_REQ;
  }

  private lookForAcknowledgement(task: Task, wait: AckWait): boolean {
    this.inbox.moveTo(this.buffer);
    const found = findAcknowledgement(this.buffer.bytes, wait.scanFrom, wait.packet, this.capabilities.crc);
    if (found.kind === 'none') {
      wait.scanFrom = found.next;
      if (wait.due) this.repeat(wait);
      return wait.due || this.state.kind !== 'waiting';
    }
    if (found.kind === 'sync') {
      this.abandon();
      return this.synchronise();
    }
    // Only at the beginning is it consumed; elsewhere it stays, and is skipped in its turn.
    if (found.at === 0) this.buffer.consume(found.next);
    wait.scanFrom = found.at === 0 ? 0 : found.next;
    if (found.kind === 'nak') wait.refused = true;
    else {
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
    this.device.counters.retransmits++;
    const rtx = this.capabilities.crc ? Flag.RTX : 0;
    this.writeAndWait({ ...wait.packet, flags: wait.packet.flags | rtx }, wait);
  }

  /** Everything but an EVENT moves the counter (PROTOCOL 4). */
  private sent(task: Task, { flags }: Packet): void {
    if ((flags & Flag.EVENT) === 0) {
      this.sequence = (this.sequence + 1) & 0xff;
      this.device.counters.sentPackets++;
    }
    this.start(task);
  }

  /** Whoever writes may be called back: the session can be over, or another's, when the write returns. */
  private writeAndWait(packet: Packet, wait: AckWait): void {
    const before = this.state;
    this.write(packet);
    if (this.state === before) wait.start(() => this.pump());
  }

  private write(packet: Packet): void {
    this.output.write(outgoingBytes(packet, this.capabilities.crc));
  }

  private resetState(): void {
    this.sequence = 0;
    this.context.capabilities = this.device.settings.capabilities;
    this.buffer.clear();
  }

  /** Drops what is being done. A task that is on the stack right now is dropped by `advance`. */
  private abandon(): void {
    const { state } = this;
    if (!('task' in state)) return;
    this.state = { kind: 'idle' };
    if (state.kind === 'waiting') state.wait.stop();
    if (state.kind === 'settling') state.answer.unsubscribe();
    if (!this.executing) state.task.return();
  }
}

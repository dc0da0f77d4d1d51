import type { Connection } from '../../transport/transport.js';
import { Opcode } from '../../wire/opcode.js';
import { Status } from '../../wire/status.js';
import { BusyTimes } from './busy-times.js';
import { commandContext, type CommandContext } from './command-context.js';
import type { DeviceState } from './device-state.js';
import { acknowledgedEvent, eventPacket, unacknowledged, unsendable, type PendingEvent } from './event-packet.js';
import { examine, type Finding } from './examine.js';
import { execute } from './commands.js';
import { Inbox, ReceiveBuffer } from './inbox.js';
import { releaseLocks, synchronise } from './system-commands.js';
import { refuse, type Task } from './task.js';
import { TaskRunner } from './task-runner.js';
import { Transmitter } from './transmitter.js';

/** Events that wait for an earlier event's acknowledgement, at most; and events held while the camera is busy. */
const MAX_PENDING = 32;

/**
 * The protocol stack on one connection (PROTOCOL 4, 5). Bytes, timers and answers of back-ends only change its state and
 * call `pump`. `pump` alone takes steps, and never calls itself.
 *
 * One runner executes commands. The other sends events that ask for an acknowledgement. It does so between two commands,
 * and while a back-end has not answered, because that back-end may wait for the event.
 */
export class Stack {
  readonly #device: DeviceState;
  readonly #onEnd: () => void;
  readonly #inbox = new Inbox();
  readonly #buffer: ReceiveBuffer;
  readonly #transmitter: Transmitter;
  readonly #context: CommandContext;
  readonly #command: TaskRunner;
  readonly #event: TaskRunner;
  readonly #pending: PendingEvent[] = [];
  /** Events that wait until the camera is no longer busy. */
  readonly #held: { readonly channel: number; readonly event: number }[] = [];
  readonly #busyTimes: BusyTimes;
  #ended = false;
  #pumping = false;

  /** @param onEnd called once, when the connection is lost or the host restarts the camera */
  constructor(device: DeviceState, connection: Pick<Connection, 'write'>, onEnd: () => void) {
    this.#device = device;
    this.#onEnd = onEnd;
    const { settings } = device;
    const buffer = new ReceiveBuffer(settings.bufferSize);
    const pump = () => this.pump();
    this.#busyTimes = new BusyTimes(settings.busy, settings.scheduler, pump);
    const transmitter = new Transmitter(device, connection, pump, () => this.end());
    const shared = {
      device,
      inbox: this.#inbox,
      buffer,
      transmitter,
      pump,
      synchronise: () => this.#synchronise(),
      giveUp: () => this.#giveUp(),
    };
    this.#buffer = buffer;
    this.#transmitter = transmitter;
    this.#command = new TaskRunner(shared);
    this.#event = new TaskRunner(shared);
    this.#context = commandContext(device, transmitter, {
      resetState: () => this.#resetState(),
      end: () => this.end(),
    });
  }

  /** Accepts received bytes. Bytes that do not fit the input buffer are lost. */
  receive(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.#ended;) {
      const taken = this.#inbox.push(chunk.subarray(at));
      if (taken === 0) {
        this.#device.counters.transportErrors++;
        return;
      }
      at += taken;
      this.pump();
    }
  }

  /** Sends an event at once, or as soon as the camera is no longer busy; false if it cannot be sent. */
  notify(channel: number, event: number): boolean {
    if (!this.mayNotify) return false;
    if (!this.#busyTimes.isBusy) return this.#sendEvent(channel, event);
    return this.#held.length < MAX_PENDING && this.#held.push({ channel, event }) > 0;
  }

  #sendEvent(channel: number, event: number): boolean {
    const { counters } = this.#device;
    counters.sentEvents++;
    if (this.#transmitter.full) {
      counters.transportErrors++;
      return false;
    }
    this.#transmitter.write(this.#transmitter.stamp(eventPacket(channel, event)));
    return true;
  }

  /** Queues an event that asks for an acknowledgement; false if the queue is full. */
  enqueue(event: PendingEvent): boolean {
    if (this.#pending.length >= MAX_PENDING) return false;
    this.#pending.push(event);
    this.pump();
    return true;
  }

  get mayNotify(): boolean {
    return !this.#ended && this.#transmitter.capabilities.events;
  }

  /** Resets the protocol on the same connection, as a soft reboot does. */
  reset(): void {
    if (this.#ended) return;
    this.#sendHeld();
    this.#withoutSteps(() => {
      this.#abandon()?.return();
      this.#resetState();
      this.#command.start(releaseLocks(this.#context));
    });
    this.pump();
  }

  /** Resets after a packet that was never acknowledged, and continues a `read` that is not at its end (PROTOCOL 5). */
  #giveUp(): void {
    const rest = this.#abandon();
    this.#resetState();
    this.#command.start(inOrder(releaseLocks(this.#context), rest));
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#busyTimes.stop();
    this.#abandon()?.return();
    this.#pending.splice(0).forEach(unacknowledged);
    this.#onEnd();
  }

  pump(): void {
    if (this.#pumping) return;
    this.#withoutSteps(() => {
      while (this.#step());
    });
  }

  /** Does some work during which callbacks cannot cause a step. */
  #withoutSteps(work: () => void): void {
    const outer = this.#pumping;
    this.#pumping = true;
    try {
      work();
    } finally {
      this.#pumping = outer;
    }
  }

  /** False when there is nothing to do until bytes, a timer or an answer arrive. */
  #step(): boolean {
    if (this.#ended || this.#busyTimes.isBusy || this.#transmitter.full || this.#device.unsettled.any) return false;
    if (this.#sendHeld()) return true;
    const runner = this.#event.kind === 'idle' ? this.#command : this.#event;
    if (runner.kind === 'running' || runner.kind === 'waiting') return runner.step();
    if (this.#startEvent()) return true;
    if (runner.kind === 'settling') return false;
    this.#inbox.moveTo(this.#buffer);
    return this.#act(
      examine(this.#buffer.bytes, { ...this.#transmitter.capabilities, sequence: this.#transmitter.sequence }),
    );
  }

  #sendHeld(): boolean {
    const held = this.#held.splice(0);
    for (const { channel, event } of held) if (this.mayNotify) this.#sendEvent(channel, event);
    return held.length > 0;
  }

  #startEvent(): boolean {
    const event = this.#pending.shift();
    if (!event) return false;
    if (this.mayNotify && this.#device.channels.has(event.channel)) {
      this.#device.counters.sentEvents++;
      // A back-end that has not answered may still read a view of the buffer, and the buffer fills while the event waits.
      if (this.#command.kind === 'settling') this.#buffer.detach();
      this.#event.start(acknowledgedEvent(event));
    } else unsendable(event);
    return true;
  }

  #act(finding: Finding): boolean {
    if (finding.kind === 'more') return false;
    if (finding.kind === 'sync') {
      this.#synchronise();
      return true;
    }
    this.#buffer.consume(finding.consumed);
    if (finding.kind === 'command') this.#command.start(execute(finding.packet, this.#context));
    if (finding.kind === 'refuse') {
      if (finding.status === Status.SEQUENCE) this.#device.counters.sequenceErrors++;
      if (finding.status === Status.CHECKSUM) this.#device.counters.checksumErrors++;
      this.#command.start(refuse(finding.header, finding.status));
    }
    return true;
  }

  /** Executes a SYNC out of turn: inside an incomplete packet, or instead of an acknowledgement. */
  #synchronise(): void {
    const rest = this.#abandon();
    this.#device.counters.receivedPackets++;
    this.#command.start(inOrder(synchronise({ opcode: Opcode.PROTO_SYNC, channel: 0 }, this.#context), rest));
  }

  #resetState(): void {
    this.#transmitter.reset();
    this.#buffer.clear();
  }

  /** Drops the running tasks, and returns the task that survives a reset, if there is one. */
  #abandon(): Task | undefined {
    this.#event.abandon();
    return this.#command.abandon();
  }
}

function* inOrder(first: Task, rest: Task | undefined): Task {
  yield* first;
  if (rest !== undefined) yield* rest;
}

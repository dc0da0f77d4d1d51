import { from, Subscription } from 'rxjs';
import { Flag } from '../../wire/flags.js';
import { HEADER_BYTES } from '../../wire/packet.js';
import { AckWait } from './ack-wait.js';
import type { DeviceState } from './device-state.js';
import { headerAt, isSync, nextSyncBytes } from './examine.js';
import type { Inbox, ReceiveBuffer } from './inbox.js';
import type { Effect, Numbered, Pending, SendEffect, Task } from './task.js';
import type { Transmitter } from './transmitter.js';

/** The packet whose acknowledgement is awaited. Its channel does not count (PROTOCOL 5). */
interface Awaited {
  readonly opcode: number;
  readonly sequence: number;
}

/** The first thing in the buffer that ends or hastens the wait; `next` is where to look on. */
interface Acknowledgement {
  readonly kind: 'ack' | 'nak' | 'sync' | 'none';
  readonly at: number;
  readonly next: number;
}

/** Scans the whole buffer from `from` on: bytes of other commands may stand before an acknowledgement. */
export function findAcknowledgement(bytes: Uint8Array, from: number, awaited: Awaited, crc: boolean): Acknowledgement {
  for (let at = nextSyncBytes(bytes, from); at >= 0; at = nextSyncBytes(bytes, at + 1)) {
    const header = headerAt(bytes, at, crc);
    if (!header) continue;
    const next = at + HEADER_BYTES;
    if (isSync(header)) return { kind: 'sync', at, next };
    if (header.opcode !== awaited.opcode || header.sequence !== awaited.sequence) continue;
    if ((header.flags & Flag.ACK) !== 0) return { kind: 'ack', at, next };
    if ((header.flags & Flag.NAK) !== 0) return { kind: 'nak', at, next };
  }
  const next = Math.max(from, bytes.length - HEADER_BYTES + 1);
  return { kind: 'none', at: next, next };
}

/** Waits for a back-end's answer and hands over how to go on with the task: its last value, or its error. */
function settle(
  task: Task,
  answer: Pending,
  resumed: (resume: () => IteratorResult<Effect, void>) => void,
): Subscription {
  let last: unknown;
  return from(answer).subscribe({
    next: (value) => (last = value),
    error: (error: unknown) => resumed(() => task.throw(error)),
    complete: () => resumed(() => task.next(last)),
  });
}

/**
 * What a strand is doing: nothing; about to go on with a task; waiting for a back-end's answer to it; waiting for the
 * host's acknowledgement of a packet of it.
 */
type StrandState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly task: Task; readonly resume: () => IteratorResult<Effect, void> }
  | { readonly kind: 'settling'; readonly task: Task; readonly answer: Pending; readonly subscription: Subscription }
  | { readonly kind: 'waiting'; readonly task: Task; readonly wait: AckWait };

/** What a strand has in common with the others of its session. */
interface StrandSession {
  readonly device: DeviceState;
  readonly inbox: Inbox;
  readonly buffer: ReceiveBuffer;
  readonly transmitter: Transmitter;
  /** Something has happened: takes the steps that can be taken. */
  readonly pump: () => void;
  /** A SYNC came while an acknowledgement was awaited. */
  synchronise(): void;
  /** A packet was not acknowledged for good. */
  giveUp(): void;
}

/** Executes one task at a time: sends what it has to send, repeats it, and waits with it (PROTOCOL 5). */
export class Strand {
  private state: StrandState = IDLE;
  private executing = false;

  constructor(private readonly session: StrandSession) {}

  get kind(): StrandState['kind'] {
    return this.state.kind;
  }

  start(task: Task): void {
    this.state = { kind: 'running', task, resume: () => task.next() };
  }

  /** False when nothing can be done until something happens. */
  step(): boolean {
    const { state } = this;
    if (state.kind === 'running') return this.advance(state.task, state.resume);
    return state.kind === 'waiting' && this.lookForAcknowledgement(state.task, state.wait);
  }

  /** Drops the task, and answers with it if it goes on after a reset. One that is on the stack right now is dropped by `advance`. */
  abandon(): Task | undefined {
    const { state } = this;
    this.state = IDLE;
    if (state.kind === 'idle') return undefined;
    if (state.kind === 'waiting') {
      state.wait.stop();
      if (state.wait.effect.goesOn) return state.task;
    }
    if (state.kind === 'settling') {
      state.subscription.unsubscribe();
      this.session.device.unsettled.add(state.answer);
    }
    if (!this.executing) state.task.return();
    return undefined;
  }

  private advance(task: Task, resume: () => IteratorResult<Effect, void>): true {
    const before = this.state;
    this.executing = true;
    const { done, value: effect } = resume();
    this.executing = false;
    // The back-end itself may have rebooted or ended us.
    if (this.state !== before) task.return();
    else if (done) this.state = IDLE;
    else if (effect.kind === 'send') this.send(task, effect);
    else this.settle(task, effect.answer);
    return true;
  }

  private settle(task: Task, answer: Pending): void {
    const subscription = new Subscription();
    const settling: StrandState = { kind: 'settling', task, answer, subscription };
    this.state = settling;
    subscription.add(
      settle(task, answer, (resume) => {
        if (this.state !== settling) return;
        this.state = { kind: 'running', task, resume };
        this.session.pump();
      }),
    );
  }

  /** Whoever writes may be called back: the session may be over or reset when the write returns. */
  private send(task: Task, effect: SendEffect): void {
    const { device, transmitter, pump } = this.session;
    const packet = transmitter.stamp(effect.packet);
    if ((packet.flags & Flag.ACK_REQ) !== 0) {
      const { retransmitRetries, retransmitTimeoutMs, scheduler } = device.settings;
      const wait = new AckWait(packet, effect, retransmitRetries, retransmitTimeoutMs, scheduler);
      this.state = { kind: 'waiting', task, wait };
    }
    const before = this.state;
    transmitter.write(packet);
    if (this.state !== before) return;
    if (before.kind === 'waiting') before.wait.start(pump);
    else this.sent(task, packet);
  }

  private lookForAcknowledgement(task: Task, wait: AckWait): boolean {
    const { inbox, buffer, transmitter } = this.session;
    inbox.moveTo(buffer);
    const found = findAcknowledgement(buffer.bytes, wait.scanFrom, wait.packet, transmitter.capabilities.crc);
    if (found.kind === 'none') {
      wait.scanFrom = found.next;
      const { due } = wait;
      if (due) this.repeat(wait);
      return due;
    }
    if (found.kind === 'sync') {
      this.session.synchronise();
      return true;
    }
    // Elsewhere it stays. The next search begins anew, so a NAK is found again after each repeat (PROTOCOL 5b).
    if (found.at === 0) buffer.consume(found.next);
    wait.scanFrom = 0;
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
    const { transmitter, pump } = this.session;
    if (!wait.repeat()) {
      this.session.giveUp();
      return;
    }
    const before = this.state;
    transmitter.repeat(wait.packet, wait.effect.payloadNow);
    if (this.state === before) wait.start(pump);
  }

  private sent(task: Task, packet: Numbered): void {
    this.session.transmitter.count(packet);
    this.start(task);
  }
}

const IDLE: StrandState = { kind: 'idle' };

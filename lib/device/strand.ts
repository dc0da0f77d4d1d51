import { Subscription } from 'rxjs';
import { Flag } from '../wire/flags.js';
import { AckWait } from './ack-wait.js';
import type { DeviceState } from './device-state.js';
import { findAcknowledgement } from './find-acknowledgement.js';
import type { Inbox } from './inbox.js';
import type { ReceiveBuffer } from './receive-buffer.js';
import { settle } from './settle.js';
import type { StrandState } from './strand-state.js';
import type { Effect, Numbered, Pending, SendEffect, Task } from './task.js';
import type { Transmitter } from './transmitter.js';

/** What a strand has in common with the others of its session. */
export interface StrandSession {
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

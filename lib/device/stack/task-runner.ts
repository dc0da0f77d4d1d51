import { from, Subscription, type SchedulerLike } from 'rxjs';
import { LONGEST_TIMER_MS } from '../../arguments.js';
import { Flag } from '../../wire/flags.js';
import type { DeviceState } from './device-state.js';
import { findAcknowledgement } from './examine.js';
import type { Inbox, ReceiveBuffer } from './inbox.js';
import type { Effect, Numbered, Pending, SendEffect, Task } from './task.js';
import type { Transmitter } from './transmitter.js';

/** Subscribes to a back-end's answer. When it settles, `resumed` gets the function that continues the task. */
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

/** A sent packet that waits for its acknowledgement: its timer and its remaining repeats. */
class AckWait {
  readonly packet: Numbered;
  readonly effect: SendEffect;
  /** The receive buffer has been searched up to here. */
  scanFrom = 0;
  /** A NAK stays in force until an ACK is found. Until then each search repeats the packet at once (PROTOCOL 5b). */
  refused = false;
  readonly #scheduler: SchedulerLike;
  #retriesLeft: number;
  #timeoutMs: number;
  #expired = false;
  #timer = Subscription.EMPTY;

  constructor(packet: Numbered, effect: SendEffect, { settings }: DeviceState) {
    this.packet = packet;
    this.effect = effect;
    this.#scheduler = settings.scheduler;
    this.#retriesLeft = settings.retransmitRetries;
    this.#timeoutMs = settings.retransmitTimeoutMs;
  }

  get due(): boolean {
    return this.refused || this.#expired;
  }

  /** Starts the timer. Each wait is twice as long as the one before. */
  start(onExpired: () => void): void {
    this.#timer.unsubscribe();
    this.#expired = false;
    this.#timer = this.#scheduler.schedule(() => {
      this.#expired = true;
      onExpired();
    }, this.#timeoutMs);
    this.#timeoutMs = Math.min(2 * this.#timeoutMs, LONGEST_TIMER_MS);
  }

  /** Uses up one repeat; false when none is left. */
  repeat(): boolean {
    return this.#retriesLeft-- > 0;
  }

  stop(): void {
    this.#timer.unsubscribe();
  }
}

/**
 * The state of a runner: `idle` without a task, `running` when the task can continue, `settling` while a back-end has
 * not answered, `waiting` for the host's acknowledgement of a packet.
 */
type RunnerState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly task: Task; readonly resume: () => IteratorResult<Effect, void> }
  | { readonly kind: 'settling'; readonly task: Task; readonly answer: Pending; readonly subscription: Subscription }
  | { readonly kind: 'waiting'; readonly task: Task; readonly wait: AckWait };

/** The parts of the stack that its runners share. */
interface RunnerContext {
  readonly device: DeviceState;
  readonly inbox: Inbox;
  readonly buffer: ReceiveBuffer;
  readonly transmitter: Transmitter;
  /** Takes every step that is possible now. */
  readonly pump: () => void;
  /** A SYNC arrived instead of an acknowledgement. */
  synchronise(): void;
  /** The host never acknowledged a packet. */
  giveUp(): void;
}

/** Runs one task at a time: sends its packets, repeats them, and waits for acknowledgements and back-ends (PROTOCOL 5). */
export class TaskRunner {
  readonly #context: RunnerContext;
  #state: RunnerState = IDLE;
  #executing = false;

  constructor(context: RunnerContext) {
    this.#context = context;
  }

  get kind(): RunnerState['kind'] {
    return this.#state.kind;
  }

  start(task: Task): void {
    this.#state = { kind: 'running', task, resume: () => task.next() };
  }

  /** False when the task has to wait. */
  step(): boolean {
    const state = this.#state;
    if (state.kind === 'running') return this.#advance(state.task, state.resume);
    return state.kind === 'waiting' && this.#lookForAcknowledgement(state.task, state.wait);
  }

  /** Drops the task, and returns it if it survives a reset. `#advance` drops a task that is executing right now. */
  abandon(): Task | undefined {
    const state = this.#state;
    this.#state = IDLE;
    if (state.kind === 'idle') return undefined;
    if (state.kind === 'waiting') {
      state.wait.stop();
      if (state.wait.effect.survivesReset) return state.task;
    }
    if (state.kind === 'settling') {
      state.subscription.unsubscribe();
      this.#context.device.unsettled.add(state.answer);
    }
    if (!this.#executing) state.task.return();
    return undefined;
  }

  #advance(task: Task, resume: () => IteratorResult<Effect, void>): true {
    const before = this.#state;
    this.#executing = true;
    const { done, value: effect } = resume();
    this.#executing = false;
    // The back-end may have rebooted the device or ended the stack meanwhile.
    if (this.#state !== before) task.return();
    else if (done) this.#state = IDLE;
    else if (effect.kind === 'send') this.#send(task, effect);
    else this.#settle(task, effect.answer);
    return true;
  }

  #settle(task: Task, answer: Pending): void {
    const subscription = new Subscription();
    const settling: RunnerState = { kind: 'settling', task, answer, subscription };
    this.#state = settling;
    subscription.add(
      settle(task, answer, (resume) => {
        if (this.#state !== settling) return;
        this.#state = { kind: 'running', task, resume };
        this.#context.pump();
      }),
    );
  }

  /** A write can call back: the stack may have ended or been reset when it returns. */
  #send(task: Task, effect: SendEffect): void {
    const { device, transmitter, pump } = this.#context;
    const packet = transmitter.stamp(effect.packet);
    if ((packet.flags & Flag.ACK_REQ) !== 0)
      this.#state = { kind: 'waiting', task, wait: new AckWait(packet, effect, device) };
    const before = this.#state;
    transmitter.write(packet);
    if (this.#state !== before) return;
    if (before.kind === 'waiting') before.wait.start(pump);
    else this.#sent(task, packet);
  }

  #lookForAcknowledgement(task: Task, wait: AckWait): boolean {
    const { inbox, buffer, transmitter } = this.#context;
    inbox.moveTo(buffer);
    const found = findAcknowledgement(buffer.bytes, wait.scanFrom, wait.packet, transmitter.capabilities.crc);
    if (found.kind === 'none') {
      wait.scanFrom = found.next;
      const { due } = wait;
      if (due) this.#repeat(wait);
      return due;
    }
    if (found.kind === 'sync') {
      this.#context.synchronise();
      return true;
    }
    // An acknowledgement behind other bytes stays in the buffer. The next search starts over, so it finds a NAK again
    // after each repeat (PROTOCOL 5b).
    if (found.at === 0) buffer.consume(found.next);
    wait.scanFrom = 0;
    if (found.kind === 'nak') {
      wait.refused = true;
      this.#repeat(wait);
    } else {
      wait.stop();
      this.#sent(task, wait.packet);
    }
    return true;
  }

  #repeat(wait: AckWait): void {
    const { transmitter, pump } = this.#context;
    if (!wait.repeat()) {
      this.#context.giveUp();
      return;
    }
    const before = this.#state;
    transmitter.repeat(wait.packet, wait.effect.payloadNow);
    if (this.#state === before) wait.start(pump);
  }

  #sent(task: Task, packet: Numbered): void {
    this.#context.transmitter.count(packet);
    this.start(task);
  }
}

const IDLE: RunnerState = { kind: 'idle' };

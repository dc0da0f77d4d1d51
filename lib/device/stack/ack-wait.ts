import { Subscription, type SchedulerLike } from 'rxjs';
import type { Numbered, SendEffect } from './task.js';

/** A timer that is asked for a longer time runs out at once. */
export const LONGEST_TIMER_MS = 0x7fffffff;

/** A packet that went out and waits for its acknowledgement: how long still, and how often it may be repeated. */
export class AckWait {
  /** Up to where the receive buffer was searched. */
  scanFrom = 0;
  /** A NAK holds until an ACK is found: until then each look repeats the packet at once (PROTOCOL 5b). */
  refused = false;
  private expired = false;
  private timer = Subscription.EMPTY;

  constructor(
    readonly packet: Numbered,
    readonly effect: SendEffect,
    private retriesLeft: number,
    private timeoutMs: number,
    private readonly scheduler: SchedulerLike,
  ) {}

  get due(): boolean {
    return this.refused || this.expired;
  }

  /** Starts the wait; each is twice as long as the one before. */
  start(onExpired: () => void): void {
    this.timer.unsubscribe();
    this.expired = false;
    this.timer = this.scheduler.schedule(() => {
      this.expired = true;
      onExpired();
    }, this.timeoutMs);
    this.timeoutMs = Math.min(2 * this.timeoutMs, LONGEST_TIMER_MS);
  }

  /** Takes one of the repeats; false when none is left. */
  repeat(): boolean {
    return this.retriesLeft-- > 0;
  }

  stop(): void {
    this.timer.unsubscribe();
  }
}

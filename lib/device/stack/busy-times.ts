import { Subscription, type SchedulerLike } from 'rxjs';

/** The part of the time that a camera is busy in native code, in milliseconds. */
export interface Busy {
  /** The last part of each period. */
  readonly ms: number;
  /** The period, counted from the host's connection. */
  readonly everyMs: number;
}

/** Tells when the camera is busy in native code: it neither reads its port nor looks at its timers then (PROTOCOL 5c). */
export class BusyTimes {
  private readonly beganAt: number;
  private timer = Subscription.EMPTY;

  /** @param freed called at the end of each busy time in which somebody looked */
  constructor(
    private readonly busy: Busy | undefined,
    private readonly scheduler: SchedulerLike,
    private readonly freed: () => void,
  ) {
    this.beganAt = scheduler.now();
  }

  get isBusy(): boolean {
    if (this.busy === undefined) return false;
    const { ms, everyMs } = this.busy;
    const leftMs = everyMs - ((this.scheduler.now() - this.beganAt) % everyMs);
    if (leftMs > ms) return false;
    if (this.timer.closed) this.wakeIn(leftMs);
    return true;
  }

  /** A scheduler leaves an action open that has run. */
  private wakeIn(ms: number): void {
    const timer = this.scheduler.schedule(() => {
      timer.unsubscribe();
      this.freed();
    }, ms);
    this.timer = timer;
  }

  stop(): void {
    this.timer.unsubscribe();
  }
}

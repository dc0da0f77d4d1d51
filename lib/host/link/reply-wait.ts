import type { SchedulerLike, Subscription } from 'rxjs';
import { RoundTrip, type WaitLimits } from './round-trip.js';

/** A wait that the exchange requests. */
interface Wait {
  readonly repeats: number;
  readonly leastMs?: number;
  readonly forFragment?: boolean;
}

/** The timeout of replies. It learns from the round trips how long to wait, and knows how long nothing has arrived. */
export class ReplyWait {
  readonly #scheduler: SchedulerLike;
  readonly #roundTrip: RoundTrip;
  readonly #silence: SilenceTimer;
  /** When the present command began, or the last packet of its reply arrived. */
  #heardAt = 0;

  /** @param silent called when a wait is over, with the milliseconds since the command began or the last packet arrived */
  constructor(scheduler: SchedulerLike, limits: WaitLimits, silent: (forMs: number) => void) {
    this.#scheduler = scheduler;
    this.#roundTrip = new RoundTrip(limits);
    this.#silence = new SilenceTimer(scheduler, () => silent(this.#scheduler.now() - this.#heardAt));
  }

  /** A command begins. */
  begin(): number {
    this.#heardAt = this.#scheduler.now();
    return this.#heardAt;
  }

  /** The command, or a copy of it, is sent. */
  sent(isCopy: boolean): void {
    this.#roundTrip.sent(this.#scheduler.now(), isCopy);
  }

  /** A packet of the reply has arrived. The first packet measures the round trip. */
  heard(isFirst: boolean, isRepeat: boolean): number {
    this.#heardAt = this.#scheduler.now();
    if (isFirst) this.#roundTrip.answered(this.#heardAt, isRepeat);
    return this.#heardAt;
  }

  /** A command that was sent once among others was answered after this time. */
  measured(ms: number): void {
    this.#roundTrip.measured(ms);
  }

  /** The quickest recent round trip. */
  get quickestMs(): number {
    return this.#roundTrip.quickestMs;
  }

  /** A copy was refused, so the command before it was only late. */
  late(): void {
    this.#roundTrip.late(this.#scheduler.now());
  }

  /** Restarts the timeout, which grows with the number of repeats. */
  wait({ repeats, leastMs = 0, forFragment = false }: Wait): void {
    const now = this.#scheduler.now();
    const waitMs = forFragment ? this.#roundTrip.fragmentWaitMs(repeats, now) : this.#roundTrip.waitMs(repeats, now);
    this.#silence.restart(Math.max(waitMs, leastMs));
  }

  /** Stops the timeout. */
  stop(): void {
    this.#silence.stop();
  }

  dispose(): void {
    this.#silence.dispose();
  }
}

/**
 * A timeout that is cheap to restart: each packet of a reply only moves its end, and the timer checks that end when it fires.
 */
export class SilenceTimer {
  readonly #scheduler: SchedulerLike;
  readonly #silent: () => void;
  #timer: Subscription | undefined;
  #disposed = false;
  #firesAt = 0;
  #dueAt: number | undefined;

  constructor(scheduler: SchedulerLike, silent: () => void) {
    this.#scheduler = scheduler;
    this.#silent = silent;
  }

  /** Restarts the timeout. */
  restart(waitMs: number): void {
    if (this.#disposed) return;
    this.#dueAt = this.#scheduler.now() + waitMs;
    // A timer that fires earlier checks again then; one that fires later is too late.
    if (this.#timer !== undefined && this.#firesAt <= this.#dueAt) return;
    this.#timer?.unsubscribe();
    this.#fireIn(waitMs);
  }

  /** Stops the timeout. */
  stop(): void {
    this.#dueAt = undefined;
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.unsubscribe();
    this.stop();
  }

  #fire(): void {
    this.#timer = undefined;
    if (this.#dueAt === undefined) return;
    const leftMs = this.#dueAt - this.#scheduler.now();
    if (leftMs > 0) this.#fireIn(leftMs);
    else this.#silent();
  }

  #fireIn(ms: number): void {
    this.#firesAt = this.#scheduler.now() + ms;
    this.#timer = this.#scheduler.schedule(() => this.#fire(), ms);
  }
}

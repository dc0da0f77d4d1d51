import type { SchedulerLike, Subscription } from 'rxjs';
import { RoundTrip, type WaitLimits } from './round-trip.js';

/** A wait, as the exchange asks for it. */
interface Wait {
  readonly repeats: number;
  readonly leastMs?: number;
  readonly forFragment?: boolean;
}

/** Waits for the reply to one command after another: how long, from the round trips seen, and since when in vain. */
export class ReplyWait {
  readonly #roundTrip: RoundTrip;
  readonly #silence: SilenceTimer;
  /** When the present command began, or something of its reply came last. */
  #heardAt = 0;

  /** @param silent told how long nothing has come */
  constructor(
    private readonly scheduler: SchedulerLike,
    limits: WaitLimits,
    silent: (forMs: number) => void,
  ) {
    this.#roundTrip = new RoundTrip(limits);
    this.#silence = new SilenceTimer(scheduler, () => silent(this.scheduler.now() - this.#heardAt));
  }

  /** A command begins. */
  begin(): number {
    this.#heardAt = this.scheduler.now();
    return this.#heardAt;
  }

  /** A copy of it goes out. */
  sent(isCopy: boolean): void {
    this.#roundTrip.sent(this.scheduler.now(), isCopy);
  }

  /** Something of its reply has come; the first packet tells how long a round trip takes. */
  heard(isFirst: boolean, isRepeat: boolean): number {
    this.#heardAt = this.scheduler.now();
    if (isFirst) this.#roundTrip.answered(this.#heardAt, isRepeat);
    return this.#heardAt;
  }

  /** A copy was refused: the one before was only late. */
  late(): void {
    this.#roundTrip.late(this.scheduler.now());
  }

  /** Waits for what comes next, after so many waits for it in vain. */
  wait({ repeats, leastMs = 0, forFragment = false }: Wait): void {
    const now = this.scheduler.now();
    const waitMs = forFragment ? this.#roundTrip.fragmentWaitMs(repeats, now) : this.#roundTrip.waitMs(repeats, now);
    this.#silence.restart(Math.max(waitMs, leastMs));
  }

  /** Nothing is waited for any more. */
  stop(): void {
    this.#silence.stop();
  }

  dispose(): void {
    this.#silence.dispose();
  }
}

/**
 * Tells when nothing has come for a while.
 *
 * One timer serves all packets of a reply: each only puts the moment off, and the timer looks when it fires.
 */
export class SilenceTimer {
  #timer: Subscription | undefined;
  #disposed = false;
  #looksAt = 0;
  #dueAt: number | undefined;

  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly silent: () => void,
  ) {}

  /** Begins to wait anew. */
  restart(waitMs: number): void {
    if (this.#disposed) return;
    this.#dueAt = this.scheduler.now() + waitMs;
    // A timer that fires sooner looks again then; one that fires later would be too late.
    if (this.#timer !== undefined && this.#looksAt <= this.#dueAt) return;
    this.#timer?.unsubscribe();
    this.#lookIn(waitMs);
  }

  /** Nothing is waited for any more. */
  stop(): void {
    this.#dueAt = undefined;
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.unsubscribe();
    this.stop();
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#dueAt === undefined) return;
    const leftMs = this.#dueAt - this.scheduler.now();
    if (leftMs > 0) this.#lookIn(leftMs);
    else this.silent();
  }

  #lookIn(ms: number): void {
    this.#looksAt = this.scheduler.now() + ms;
    this.#timer = this.scheduler.schedule(() => this.#look(), ms);
  }
}

import type { SchedulerLike } from 'rxjs';
import { RoundTrip, type WaitLimits } from './round-trip.js';
import { SilenceTimer } from './silence-timer.js';

/** A wait, as the exchange asks for it. */
export interface Wait {
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

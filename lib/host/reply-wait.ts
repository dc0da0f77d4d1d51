import type { SchedulerLike } from 'rxjs';
import { RoundTrip, type WaitLimits } from './round-trip.js';
import { SilenceTimer } from './silence-timer.js';

/** A device repeats after 500 ms and, at worst, after 1 s more; only then its silence says something. */
const LEAST_PATIENCE_MS = 2000;

/** The waiting for the reply to one command after another: how long, from the round trips seen, and since when in vain. */
export class ReplyWait {
  readonly #roundTrip: RoundTrip;
  readonly #silence: SilenceTimer;
  /** When the present command began, or something of its reply came last. */
  #heardAt = 0;
  #timeoutMs = 0;

  /** @param silent told how long nothing has come, and after how long without anything the session is to be doubted */
  constructor(
    private readonly scheduler: SchedulerLike,
    limits: WaitLimits,
    silent: (forMs: number, patienceMs: number) => void,
  ) {
    this.#roundTrip = new RoundTrip(limits);
    this.#silence = new SilenceTimer(scheduler, () => silent(this.scheduler.now() - this.#heardAt, this.#patienceMs()));
  }

  /** A command begins, which may take so long. */
  begin(timeoutMs: number): number {
    this.#timeoutMs = timeoutMs;
    this.#heardAt = this.scheduler.now();
    return this.#heardAt;
  }

  /** A copy of it goes out. */
  sent(isCopy: boolean): void {
    this.#roundTrip.sent(this.scheduler.now(), isCopy);
  }

  /** Something of its reply has come; `first`: which tells how long a round trip takes. */
  heard(first: boolean): number {
    this.#heardAt = this.scheduler.now();
    if (first) this.#roundTrip.answered(this.#heardAt);
    return this.#heardAt;
  }

  /** A copy was refused: the one before was only late. */
  late(): void {
    this.#roundTrip.late();
  }

  /** Waits for what comes next. */
  wait(repeats: number): void {
    this.#silence.restart(this.#roundTrip.waitMs(repeats));
  }

  /** Nothing is waited for any more. */
  stop(): void {
    this.#silence.stop();
  }

  dispose(): void {
    this.#silence.dispose();
  }

  /** Half of the command's time, so that as much is left to begin a session anew and to repeat it. */
  #patienceMs(): number {
    return Math.max(LEAST_PATIENCE_MS, this.#timeoutMs / 2);
  }
}

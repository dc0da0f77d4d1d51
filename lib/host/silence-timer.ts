import type { SchedulerLike, Subscription } from 'rxjs';

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

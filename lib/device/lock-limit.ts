import type { TimestampProvider } from 'rxjs';

/** LOCK is refused until a while after the last successful one, of whatever channel (PROTOCOL 7). */
export class LockLimit {
  private lastAt = -Infinity;

  constructor(
    private readonly intervalMs: number,
    private readonly clock: TimestampProvider,
  ) {}

  /** The end of the interval still counts as within it. A clock that was set back ends it. */
  get refuses(): boolean {
    const elapsedMs = this.clock.now() - this.lastAt;
    return elapsedMs >= 0 && elapsedMs <= this.intervalMs;
  }

  locked(): void {
    this.lastAt = this.clock.now();
  }
}

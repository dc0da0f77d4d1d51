/** Before anything was measured: longer than a round trip on any link, shorter than the device's own 500 ms. */
const FIRST_WAIT_MS = 200;

/** Between what the wait for a reply may be. */
export interface WaitLimits {
  readonly shortestWaitMs: number;
  readonly longestWaitMs: number;
}

/** How long a reply may take before it is missed: from the round trips seen, as in RFC 6298. */
export class RoundTrip {
  #smoothed = 0;
  #variation = 0;
  #measured = false;

  constructor(private readonly limits: WaitLimits) {}

  /** A reply began to come this long after its command was first sent. */
  measured(ms: number): void {
    if (!this.#measured) {
      this.#measured = true;
      this.#smoothed = ms;
      this.#variation = ms / 2;
      return;
    }
    this.#variation += (Math.abs(this.#smoothed - ms) - this.#variation) / 4;
    this.#smoothed += (ms - this.#smoothed) / 8;
  }

  /** Milliseconds to wait for a reply, doubled with each repeat. */
  waitMs(repeats: number): number {
    const once = this.#measured ? this.#smoothed + 4 * this.#variation : FIRST_WAIT_MS;
    const { shortestWaitMs, longestWaitMs } = this.limits;
    return Math.min(Math.max(once, shortestWaitMs) * 2 ** repeats, longestWaitMs);
  }
}

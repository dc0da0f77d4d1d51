/** Before anything was measured: longer than a round trip on any link, shorter than the device's own 500 ms. */
const FIRST_WAIT_MS = 200;

/** Between what the wait for a reply may be. */
export interface WaitLimits {
  readonly shortestWaitMs: number;
  readonly longestWaitMs: number;
}

/** What a wait is longer than the usual round trip at least: timers and links are not that exact. */
const MARGIN = 0.25;
const MARGIN_MS = 2;

/** How long a reply may take before it is missed: from the round trips seen, as in RFC 6298. */
export class RoundTrip {
  #smoothed = 0;
  #variation = 0;
  #measured = false;
  #patience = 0;
  /** When the copies of the present command went out. */
  #sentAt: number[] = [];
  /** How long before the last answer the copies went out of which one was answered, the latest first. */
  #answeredAfterMs: number[] = [];

  constructor(private readonly limits: WaitLimits) {}

  sent(now: number, isCopy: boolean): void {
    if (!isCopy) this.#sentAt = [];
    this.#sentAt.push(now);
  }

  /** Of a command that was sent twice nobody knows which of them is answered, before a copy is seen to be one too many. */
  answered(now: number): void {
    const [latest = 0, ...earlier] = this.#sentAt.map((sentAt) => now - sentAt).reverse();
    this.#answeredAfterMs = earlier;
    if (earlier.length === 0) this.#measure(latest);
  }

  /**
   * A copy was refused: one that was sent before it has been answered, and took that long. The next ones may, too; if they
   * do not, that is soon forgotten, for on a link that loses much, what was lost makes replies late that are usually quick.
   */
  late(): void {
    const tookMs = this.#answeredAfterMs.shift() ?? 0;
    this.#patience = Math.max(this.#patience, tookMs * (1 + MARGIN) + MARGIN_MS);
  }

  /** Milliseconds to wait for a reply, doubled with each repeat. */
  waitMs(repeats: number): number {
    const margin = Math.max(4 * this.#variation, MARGIN * this.#smoothed + MARGIN_MS);
    const once = this.#measured ? this.#smoothed + margin : FIRST_WAIT_MS;
    const { shortestWaitMs, longestWaitMs } = this.limits;
    return Math.min(Math.max(once, this.#patience, shortestWaitMs) * 2 ** repeats, longestWaitMs);
  }

  #measure(ms: number): void {
    this.#patience /= 2;
    if (!this.#measured) {
      this.#measured = true;
      this.#smoothed = ms;
      this.#variation = ms / 2;
      return;
    }
    this.#variation += (Math.abs(this.#smoothed - ms) - this.#variation) / 4;
    this.#smoothed += (ms - this.#smoothed) / 8;
  }
}

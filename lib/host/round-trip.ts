/** Before anything was measured: longer than a round trip on any link, shorter than the device's own 500 ms. */
const FIRST_WAIT_MS = 200;
/** A device may answer as late as its interpreter runs its scheduler, every 50 ms at worst (PROTOCOL 5a). */
const SHORTEST_WAIT_MS = 60;
const LONGEST_WAIT_MS = 1000;

/** How long a reply may take before it is missed: from the round trips seen, as in RFC 6298. */
export class RoundTrip {
  #smoothed = 0;
  #variation = 0;
  #measured = false;

  /** A reply came this long after its command was sent, once. */
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
    return Math.min(Math.max(once, SHORTEST_WAIT_MS) * 2 ** repeats, LONGEST_WAIT_MS);
  }
}

/** The first timeout: longer than most cameras take, shorter than the device's own 500 ms (PROTOCOL 5, 5c). */
const FIRST_WAIT_MS = 200;

/** Limits of the timeout of a reply. */
export interface WaitLimits {
  readonly shortestWaitMs: number;
  readonly longestWaitMs: number;
}

/** The least margin of a timeout over the usual round trip, because timers and links are not exact. */
const MARGIN = 0.25;
const MARGIN_MS = 2;
const FRAGMENT_MARGIN_MS = 1;

/** The growth of each timeout of the same reply, so that copies do not pile up in a late camera. */
const GROWTH = 4;
/** The most lateness to remember, because pauses of seconds are rare. */
const MOST_LATE_MS = 500;
/** On a slow link the usual timeout may exceed the longest one by this factor. */
const LONGEST_USUAL = 3;
/** The quickest round trip grows by this factor with each slower one, so that it follows a link that gets slower. */
const QUICKEST_GROWTH = 1.02;
/** A reply that took this many times longer than the usual timeout is an exception. */
const OUTLIER = 4;
/** The half-life of remembered lateness. */
const LATE_HALF_LIFE_MS = 1000;

/** Learns the timeout of replies: from the round trips, as in RFC 6298, and from replies that were late. */
export class RoundTrip {
  readonly #limits: WaitLimits;
  #smoothed = 0;
  #variation = 0;
  #quickest = FIRST_WAIT_MS;
  #measured = false;
  #lateMs = 0;
  #lateAt = 0;
  /** The duration of the last command, from the refusals of its copies; 0 if it was not late. */
  #tookMs = 0;
  /** When the copies of the present command were sent. */
  #sentAt: number[] = [];
  /** The copies that may have been answered: milliseconds from their sending to the last answer, the latest first. */
  #answeredAfterMs: number[] = [];

  constructor(limits: WaitLimits) {
    this.#limits = limits;
  }

  /** The quickest recent round trip. */
  get quickestMs(): number {
    return this.#quickest;
  }

  sent(now: number, isCopy: boolean): void {
    if (!isCopy) this.#begin();
    this.#sentAt.push(now);
  }

  /**
   * A command was answered. If it was sent twice, the answered copy is unknown until the other one is refused. A repeated
   * answer measures nothing, because the first one was lost.
   */
  answered(now: number, isRepeat: boolean): void {
    const [latest = 0, ...earlier] = this.#sentAt.map((sentAt) => now - sentAt).reverse();
    this.#answeredAfterMs = isRepeat ? [] : earlier;
    if (earlier.length === 0 && !isRepeat) this.measured(latest);
  }

  /** A copy was refused, so the one before it was answered late. The next replies may be as late. */
  late(now: number): void {
    const tookMs = this.#answeredAfterMs.shift();
    if (tookMs === undefined) return;
    this.#lateMs = Math.max(this.#lateness(now), Math.min(tookMs * (1 + MARGIN) + MARGIN_MS, MOST_LATE_MS));
    this.#lateAt = now;
    this.#tookMs = tookMs;
  }

  /** The timeout of a reply in milliseconds, after this number of timeouts. */
  waitMs(silences: number, now: number): number {
    const first = Math.max(this.#usualMs(), this.#limits.shortestWaitMs);
    return silences === 0 ? first : this.#againMs(first, silences, now);
  }

  /**
   * The timeout of the next fragment in milliseconds. The first one is little more than the quickest round trip, because only
   * ACKs are sent then, which do no harm.
   */
  fragmentWaitMs(silences: number, now: number): number {
    if (silences > 0) return this.waitMs(silences - 1, now);
    return Math.min(this.#quickest * (1 + MARGIN) + FRAGMENT_MARGIN_MS, this.waitMs(0, now));
  }

  #usualMs(): number {
    const margin = Math.max(4 * this.#variation, MARGIN * this.#smoothed + MARGIN_MS);
    const usual = this.#measured ? this.#smoothed + margin : FIRST_WAIT_MS;
    return Math.min(usual, LONGEST_USUAL * this.#limits.longestWaitMs);
  }

  #againMs(first: number, silences: number, now: number): number {
    return Math.max(Math.min(first * GROWTH ** silences, this.#limits.longestWaitMs), first, this.#lateness(now));
  }

  /** A command begins, so the lateness of the one before is known. */
  #begin(): void {
    this.#sentAt = [];
    // A command that took seconds is rare. It must not set the next timeouts, unless that is usual on this link.
    if (this.#tookMs > 0) this.measured(Math.min(this.#tookMs, Math.max(FIRST_WAIT_MS, OUTLIER * this.#usualMs())));
    this.#tookMs = 0;
  }

  #lateness(now: number): number {
    return this.#lateMs * 0.5 ** ((now - this.#lateAt) / LATE_HALF_LIFE_MS);
  }

  /** A command that was sent once was answered after this time. */
  measured(ms: number): void {
    this.#quickest = this.#measured ? Math.min(this.#quickest * QUICKEST_GROWTH, ms) : ms;
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

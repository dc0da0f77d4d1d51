/** Before anything was measured: longer than most cameras take, shorter than the device's own 500 ms (PROTOCOL 5, 5c). */
const FIRST_WAIT_MS = 200;

/** Limits of the wait for a reply. */
export interface WaitLimits {
  readonly shortestWaitMs: number;
  readonly longestWaitMs: number;
}

/** A wait exceeds the usual round trip by at least so much: timers and links are not exact. */
const MARGIN = 0.25;
const MARGIN_MS = 2;
const FRAGMENT_MARGIN_MS = 1;

/** Each wait for the same reply is so many times longer than the one before: copies must not pile up in a late camera. */
const GROWTH = 4;
/** A camera that was later than this is not waited for longer: pauses of seconds are rare. */
const MOST_LATE_MS = 500;
/** On a slow link the usual wait may be so many times longer than the longest one. */
const LONGEST_USUAL = 3;
/** The quickest round trip counts for so much more with each that was slower. */
const QUICKEST_GROWTH = 1.02;
/** A reply that took so many times longer than the usual wait is an exception. */
const OUTLIER = 4;
/** Lateness counts half after so many milliseconds in which no reply was late. */
const LATE_HALF_LIFE_MS = 1000;

/** Learns how long a reply may take before it is missed: from the round trips, as in RFC 6298, and from replies that were late. */
export class RoundTrip {
  #smoothed = 0;
  #variation = 0;
  #quickest = FIRST_WAIT_MS;
  #measured = false;
  #lateMs = 0;
  #lateAt = 0;
  /** What the last command took, as far as the refusals of its copies have told; 0 where it was not late. */
  #tookMs = 0;
  /** When the copies of the present command went out. */
  #sentAt: number[] = [];
  /** How long before the last answer each copy went out that may have been answered, the latest first. */
  #answeredAfterMs: number[] = [];

  constructor(private readonly limits: WaitLimits) {}

  sent(now: number, isCopy: boolean): void {
    if (!isCopy) this.#begin();
    this.#sentAt.push(now);
  }

  /**
   * A command was answered. If it was sent twice, nobody knows which copy it was until one is seen to be one too many. An
   * answer that the camera has repeated was lost, which says nothing of the time that it takes.
   */
  answered(now: number, isRepeat: boolean): void {
    const [latest = 0, ...earlier] = this.#sentAt.map((sentAt) => now - sentAt).reverse();
    this.#answeredAfterMs = isRepeat ? [] : earlier;
    if (earlier.length === 0 && !isRepeat) this.#measure(latest);
  }

  /** A copy was refused: the one before it was answered, only late. The next replies may be as late. */
  late(now: number): void {
    const tookMs = this.#answeredAfterMs.shift();
    if (tookMs === undefined) return;
    this.#lateMs = Math.max(this.#lateness(now), Math.min(tookMs * (1 + MARGIN) + MARGIN_MS, MOST_LATE_MS));
    this.#lateAt = now;
    this.#tookMs = tookMs;
  }

  /** Milliseconds to wait for a reply, after so many waits for it in vain. */
  waitMs(silences: number, now: number): number {
    const first = Math.max(this.#usualMs(), this.limits.shortestWaitMs);
    return silences === 0 ? first : this.#againMs(first, silences, now);
  }

  /**
   * Milliseconds to wait for the next fragment of a reply: at first little more than the quickest round trip, for only ACKs go
   * out then, and the camera may well be free.
   */
  fragmentWaitMs(silences: number, now: number): number {
    if (silences > 0) return this.waitMs(silences - 1, now);
    return Math.min(this.#quickest * (1 + MARGIN) + FRAGMENT_MARGIN_MS, this.waitMs(0, now));
  }

  #usualMs(): number {
    const margin = Math.max(4 * this.#variation, MARGIN * this.#smoothed + MARGIN_MS);
    const usual = this.#measured ? this.#smoothed + margin : FIRST_WAIT_MS;
    return Math.min(usual, LONGEST_USUAL * this.limits.longestWaitMs);
  }

  #againMs(first: number, silences: number, now: number): number {
    return Math.max(Math.min(first * GROWTH ** silences, this.limits.longestWaitMs), first, this.#lateness(now));
  }

  /** A command begins; how late the one before was is known now. */
  #begin(): void {
    this.#sentAt = [];
    // One that took seconds is rare, and not what the next ones are measured by, unless that is usual here.
    if (this.#tookMs > 0) this.#measure(Math.min(this.#tookMs, Math.max(FIRST_WAIT_MS, OUTLIER * this.#usualMs())));
    this.#tookMs = 0;
  }

  #lateness(now: number): number {
    return this.#lateMs * 0.5 ** ((now - this.#lateAt) / LATE_HALF_LIFE_MS);
  }

  #measure(ms: number): void {
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

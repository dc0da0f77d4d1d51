/** The samples of the time from an UNLOCK to the next frame that must agree, and the most that they may differ. */
const SAMPLES = 4;
const AGREEMENT_MS = 4;
/** The margin behind the predicted time: it grows with a burst that was too early and shrinks with each that was not. */
const LEAST_MARGIN_MS = 0.8;
const MOST_MARGIN_MS = 3;
const MARGIN_GROWTH_MS = 1;
const MARGIN_DECAY_MS = 0.03;
/** After this many bursts in a row that were too early, no time is predicted for a number of frames that doubles each time. */
const MOST_MISSES = 3;
const FEWEST_WITHOUT = 8;
const MOST_WITHOUT = 64;

/** The interval between bursts of known size shrinks with each frame and grows with each burst that was too early. */
const INTERVAL_DECAY = 0.995;
const INTERVAL_GROWTH = 1.02;
const LONGEST_INTERVAL_MS = 100;

/**
 * Predicts when the camera has the next frame, so that the commands for it can be under way before the camera announces it. Most cameras publish a
 * fixed time after UNLOCK; others have a beat of their own. All times are in milliseconds of one clock.
 */
export class FrameRhythm {
  /** From the answer to UNLOCK to the announcement: the delay of the link cancels out. */
  readonly #delays: number[] = [];
  #unlockSentAt: number | undefined;
  #unlockedAt: number | undefined;
  #announcedAt: number | undefined;
  #roundTripMs = 0;
  #periodMs = 0;
  #marginMs = LEAST_MARGIN_MS;
  #misses = 0;
  #without = FEWEST_WITHOUT;
  #waitFor = 0;
  #burstSentAt = 0;
  /** No burst was sent since the last UNLOCK. */
  #isFresh = false;
  /** From one burst to the next, of frames whose size is known. It gets shorter until a burst is too early. */
  #intervalMs = 0;
  #gapMs = 0;

  burstSent(now: number): void {
    this.#burstSentAt = now;
    this.#isFresh = false;
  }

  unlockSent(now: number): void {
    this.#unlockSentAt = now;
    this.#isFresh = true;
    this.#unlockedAt = undefined;
  }

  unlocked(now: number): void {
    if (this.#unlockSentAt === undefined) return;
    this.#unlockedAt = now;
    this.#roundTripMs = now - this.#unlockSentAt;
  }

  announced(now: number): void {
    if (this.#announcedAt !== undefined) this.#gapMs = now - this.#announcedAt;
    this.#announcedAt = now;
    if (this.#unlockedAt === undefined) return;
    this.#delays.push(now - this.#unlockedAt);
    if (this.#delays.length > SAMPLES) this.#delays.shift();
    this.#unlockedAt = undefined;
  }

  /** A frame has arrived, with the frames per second that its header states; 0 if it states none. */
  arrived(framesPerSecond: number): void {
    this.#periodMs = framesPerSecond > 0 ? 1000 / framesPerSecond : 0;
    this.#marginMs = Math.max(this.#marginMs - MARGIN_DECAY_MS, LEAST_MARGIN_MS);
    this.#misses = 0;
    this.#intervalMs *= INTERVAL_DECAY;
    if (this.#waitFor > 0) this.#waitFor--;
  }

  /** A burst at the predicted time was too early. */
  missed(): void {
    this.#intervalMs = Math.max(this.#intervalMs * INTERVAL_GROWTH, Math.min(this.#gapMs, LONGEST_INTERVAL_MS));
    this.#marginMs = Math.min(this.#marginMs + MARGIN_GROWTH_MS, MOST_MARGIN_MS);
    if (++this.#misses < MOST_MISSES) return;
    this.#misses = 0;
    this.#waitFor = this.#without;
    this.#without = Math.min(2 * this.#without, MOST_WITHOUT);
  }

  /** The time for the next burst; `undefined` if it can't be predicted. */
  get nextAt(): number | undefined {
    if (this.#unlockSentAt === undefined || !this.#isFresh || this.#waitFor > 0 || this.#delays.length < SAMPLES)
      return undefined;
    const [least, most] = [Math.min(...this.#delays), Math.max(...this.#delays)];
    if (most - least <= AGREEMENT_MS) return this.#unlockSentAt + most + this.#marginMs;
    if (this.#periodMs === 0 || this.#announcedAt === undefined) return undefined;
    const earliest = this.#unlockSentAt + this.#roundTripMs + least - 1;
    const periods = Math.max(Math.ceil((earliest - this.#announcedAt) / this.#periodMs), 1);
    return this.#announcedAt + periods * this.#periodMs - this.#roundTripMs + this.#marginMs;
  }

  /** The time for the next burst if the frames have a known size, so that several bursts can be under way. */
  get nextOfKnownSize(): number {
    return this.#burstSentAt + this.#intervalMs;
  }
}

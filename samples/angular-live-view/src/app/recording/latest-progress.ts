import type { RecordingProgress } from 'openmv-rx/web-recording';

/** After this long without a frame there is no rate, in milliseconds. */
const RATE_LASTS_MS = 1500;

/** The newest of a recording's progress, which comes with each frame, as it is at any time: time passes also without frames. */
export class LatestProgress {
  #cameAt = 0;
  last: RecordingProgress | undefined;

  set(progress: RecordingProgress): void {
    this.last = progress;
    this.#cameAt = performance.now();
  }

  now(): RecordingProgress | undefined {
    if (!this.last) return undefined;
    const ageMs = performance.now() - this.#cameAt;
    const seconds = this.last.seconds + ageMs / 1000;
    return ageMs < RATE_LASTS_MS
      ? { ...this.last, seconds }
      : { ...this.last, seconds, framesPerSecond: 0, bytesPerSecond: 0 };
  }
}

import { SlidingRate } from '../../signals/rates.js';

/** The progress of a recording. */
export interface RecordingProgress {
  /** The path of the current file. */
  readonly file: string;
  /** The number of files so far. */
  readonly files: number;
  /** Written frames, and frames that `frames` left out or that were malformed. */
  readonly frames: number;
  readonly dropped: number;
  /** Written pieces of text, events, channel lists and values. */
  readonly messages: number;
  /** Bytes of all files, including the current chunk. */
  readonly bytes: number;
  /** The duration so far. */
  readonly seconds: number;
  /** Measured over the last second of arrivals. */
  readonly framesPerSecond: number;
  readonly bytesPerSecond: number;
}

const WINDOW_MS = 1000;

/** Counts recorded frames, messages and bytes. */
export class RecordingTally {
  frames = 0;
  dropped = 0;
  messages = 0;
  readonly #frameRate = new SlidingRate(WINDOW_MS);
  readonly #byteRate = new SlidingRate(WINDOW_MS);
  #framesPerSecond = 0;
  #bytesPerSecond = 0;
  #bytes = 0;
  readonly #beganAt: number;

  constructor(beganAt: number) {
    this.#beganAt = beganAt;
  }

  /** Counts a written frame or message. `bytes` is the new size of all files. */
  written(kind: 'frame' | 'message', bytes: number, now: number): void {
    if (kind === 'frame') {
      this.frames++;
      this.#framesPerSecond = this.#frameRate.push(now, 1);
    } else this.messages++;
    this.#bytesPerSecond = this.#byteRate.push(now, bytes - this.#bytes);
    this.#bytes = bytes;
  }

  progress(file: string, files: number, bytes: number, now: number): RecordingProgress {
    return {
      file,
      files,
      frames: this.frames,
      dropped: this.dropped,
      messages: this.messages,
      bytes,
      seconds: (now - this.#beganAt) / 1000,
      framesPerSecond: this.#framesPerSecond,
      bytesPerSecond: this.#bytesPerSecond,
    };
  }
}

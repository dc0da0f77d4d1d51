import { SlidingRate } from '../../signals/rates.js';

/** How far a recording is. */
export interface RecordingProgress {
  /** The path of the file that was written to last. */
  readonly file: string;
  /** How many files there are so far. */
  readonly files: number;
  /** Frames that were written, and those that were left out by `latest` or `everyMs`, or made no sense. */
  readonly frames: number;
  readonly dropped: number;
  /** Pieces of text, events, lists of channels and values that were written. */
  readonly messages: number;
  /** Bytes of all files, with what waits for its chunk to be full. */
  readonly bytes: number;
  /** Since the recording began. */
  readonly seconds: number;
  /** Over the last second of arrivals. */
  readonly framesPerSecond: number;
  readonly bytesPerSecond: number;
}

const WINDOW_MS = 1000;

/** Counts what is recorded. */
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

  /** Something was written, and all that is there is `bytes` now. */
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

import type { Frame } from '../frames/frame.js';

/** Frames of one size and format. */
export interface InspectedPictures {
  readonly width: number;
  readonly height: number;
  readonly format: Frame['format'];
  readonly count: number;
}

/** The frames of a recording in figures. */
export interface InspectedFrames {
  readonly count: number;
  /** The bytes of all frames, as the camera sent them. */
  readonly bytes: number;
  /** From the first to the last; 0 for fewer than two. */
  readonly framesPerSecond: number;
  /** Each size and format, in the order in which they came. */
  readonly pictures: readonly InspectedPictures[];
  /** How often a frame came later than three times the median of all distances, and the longest such distance, in seconds. */
  readonly gaps: number;
  readonly longestGap: number;
}

/** A distance of so many medians is a gap. */
const GAP = 3;

/** Counts frames. Holds the time of each. */
export class FrameCounts {
  readonly #pictures = new Map<string, InspectedPictures>();
  readonly #times: number[] = [];
  #bytes = 0;

  add({ width, height, format, data }: Frame, at: number): void {
    this.#times.push(at);
    this.#bytes += data.length;
    const key = `${width}x${height} ${format}`;
    this.#pictures.set(key, { width, height, format, count: (this.#pictures.get(key)?.count ?? 0) + 1 });
  }

  counted(): InspectedFrames {
    const times = Float64Array.from(this.#times);
    const distances = times.subarray(1).map((at, index) => at - (times[index] as number));
    const median = Float64Array.from(distances).sort()[distances.length >> 1] ?? 0;
    const gaps = distances.filter((distance) => distance > GAP * median);
    const seconds = times.length < 2 ? 0 : ((times.at(-1) as number) - (times[0] as number)) / 1000;
    return {
      count: times.length,
      bytes: this.#bytes,
      framesPerSecond: seconds > 0 ? (times.length - 1) / seconds : 0,
      pictures: [...this.#pictures.values()],
      gaps: gaps.length,
      longestGap: gaps.reduce((longest, gap) => Math.max(longest, gap), 0) / 1000,
    };
  }
}

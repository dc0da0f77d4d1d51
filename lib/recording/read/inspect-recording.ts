import { defer, from, type Observable } from 'rxjs';
import { succeeds } from '../record/file-error.js';
import { requirePath } from '../../arguments.js';
import { isOpenMVError, type OpenMVError } from '../../errors.js';
import type { Frame } from '../../frames/frame.js';
import type { CameraInfo } from '../../host/camera-info.js';
import type { RecordingEntry, ValueEncoding } from '../format/recording-entry.js';
import { allEntries } from './read-recording.js';
import { openToReplay } from './readable-file.js';
import { RecordingIndex } from './recording-index.js';

/** A channel of a recording, or a topic of another program. */
export interface InspectedChannel {
  /** The name of the channel, or the topic. */
  readonly name: string;
  /** The encoding of its values. For another program's topic, the name of its schema, or its encoding. */
  readonly encoding: ValueEncoding | (string & {});
  readonly messages: number;
}

/** The summary of a recording. Times are in milliseconds since 1970; in a wire capture since its first row. */
export interface InspectedRecording {
  readonly file: string;
  readonly bytes: number;
  /** The camera, as far as it is known. */
  readonly camera: Partial<CameraInfo>;
  /** The times of the first and the last entry; `undefined` without entries. */
  readonly beganAt?: number;
  readonly endedAt?: number;
  /** The time from the first to the last entry. */
  readonly seconds: number;
  readonly frames: InspectedFrames;
  /** Pieces of text, and the characters of all of them. */
  readonly text: { readonly messages: number; readonly characters: number };
  readonly events: number;
  readonly channels: readonly InspectedChannel[];
  /** The topics of other programs. */
  readonly others: readonly InspectedChannel[];
  /** The counts at the end of the file; `undefined` if it has none. */
  readonly summary?: { readonly frames: number; readonly dropped: number; readonly messages: number };
  /** True if the summary matches the entries; `false` without a summary. */
  readonly isSummaryRight: boolean;
  /** True if an index covers the whole file, so that a replay finds any time at once. */
  readonly hasIndex: boolean;
  /** The damage of the file; `undefined` for a complete file. The other fields describe the readable part. */
  readonly damage?: OpenMVError;
}

/**
 * Summarizes a recording or a wire capture: its length, its frames with sizes, rate and gaps, its channels, its text, and its
 * damage.
 *
 * Cold. Reads the whole file. Emits once and completes. A damaged file is not an error; `damage` describes it. Holds a chunk of the
 * recording and eight bytes per frame.
 *
 * Errors with `FILE_UNAVAILABLE` if the file can't be read, or is a pipe, and with `MALFORMED` if it is not a recording.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT`, at the call, when `file` is not a path.
 *
 * @example
 * ```ts
 * import { inspectRecording } from 'openmv-rx/recording';
 *
 * inspectRecording('flight.mcap').subscribe(({ seconds, frames }) => console.log(seconds, frames.count));
 * ```
 */
export function inspectRecording(file: string): Observable<InspectedRecording> {
  requirePath('file', file);
  return defer(() => from(inspected(file)));
}

async function inspected(file: string): Promise<InspectedRecording> {
  const tally = new Tally();
  let damage: OpenMVError | undefined;
  try {
    for await (const entry of allEntries(file, openToReplay)) tally.add(entry);
  } catch (error) {
    const isDamage = isOpenMVError(error, 'TRUNCATED') || isOpenMVError(error, 'MALFORMED');
    // If nothing could be read, the file is not a recording.
    if (!isDamage || (error.code === 'MALFORMED' && tally.entries === 0)) throw error;
    damage = error;
  }
  const { bytes, hasIndex } = await indexOf(file);
  return { file, bytes, ...tally.counted(), hasIndex, ...(damage && { damage }) };
}

/** The size of a file, and whether its index is valid. */
async function indexOf(path: string): Promise<{ bytes: number; hasIndex: boolean }> {
  const file = await openToReplay(path);
  try {
    const bytes = await file.size();
    const hasIndex = await succeeds(RecordingIndex.of(file));
    return { bytes, hasIndex };
  } finally {
    await file.close();
  }
}

/** Counts the entries of a recording. */
class Tally {
  readonly #frames = new FrameCounts();
  readonly #channels = new Map<string, InspectedChannel>();
  readonly #others = new Map<string, InspectedChannel>();
  #camera: Partial<CameraInfo> = {};
  #text = { messages: 0, characters: 0 };
  #events = 0;
  #lists = 0;
  #summary: InspectedRecording['summary'];
  #times: { first: number; last: number } | undefined;
  entries = 0;

  add(entry: RecordingEntry): void {
    this.entries++;
    if (entry.kind === 'camera') this.#camera = { ...this.#camera, ...entry.info };
    else if (entry.kind === 'summary') {
      const { frames, dropped, messages } = entry;
      this.#summary = { frames, dropped, messages };
    } else this.#addTimed(entry);
  }

  counted(): Omit<InspectedRecording, 'file' | 'bytes' | 'hasIndex' | 'damage'> {
    const channels = byName(this.#channels);
    const values = channels.reduce((sum, { messages }) => sum + messages, 0);
    const found = this.#text.messages + this.#events + this.#lists + values;
    const frames = this.#frames.counted();
    const summary = this.#summary;
    const { first, last } = this.#times ?? {};
    return {
      camera: this.#camera,
      ...(first !== undefined && last !== undefined && { beganAt: first, endedAt: last }),
      seconds: first === undefined || last === undefined ? 0 : (last - first) / 1000,
      frames,
      text: this.#text,
      events: this.#events,
      channels,
      others: byName(this.#others),
      ...(summary && { summary }),
      isSummaryRight: summary?.frames === frames.count && summary.messages === found,
    };
  }

  #addTimed(entry: Exclude<RecordingEntry, { kind: 'camera' | 'summary' }>): void {
    const { at } = entry;
    const { first, last } = this.#times ?? { first: at, last: at };
    this.#times = { first: Math.min(first, at), last: Math.max(last, at) };
    switch (entry.kind) {
      case 'frame':
        this.#frames.add(entry.frame, at);
        break;
      case 'text':
        this.#text = {
          messages: this.#text.messages + 1,
          characters: this.#text.characters + entry.text.length,
        };
        break;
      case 'event':
        this.#events++;
        break;
      case 'channels':
        this.#lists++;
        break;
      case 'value':
        count(this.#channels, entry.channel, entry.encoding);
        break;
      case 'unknown':
        count(this.#others, entry.topic, entry.schema || entry.encoding);
    }
  }
}

function count(counts: Map<string, InspectedChannel>, name: string, encoding: string): void {
  counts.set(name, { name, encoding, messages: (counts.get(name)?.messages ?? 0) + 1 });
}

function byName(counts: ReadonlyMap<string, InspectedChannel>): InspectedChannel[] {
  return [...counts.values()].sort((a, b) => a.name.localeCompare(b.name));
}

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
  /** Measured from the first to the last frame; 0 for fewer than two. */
  readonly framesPerSecond: number;
  /** Each size and format, in the order of their first frame. */
  readonly pictures: readonly InspectedPictures[];
  /** The number of intervals longer than three times the median, and the longest of them, in seconds. */
  readonly gaps: number;
  readonly longestGap: number;
}

/** An interval longer than this many medians is a gap. */
const GAP = 3;

/** Counts frames. Holds their times. */
class FrameCounts {
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
    const intervals = times.subarray(1).map((at, index) => at - (times[index] as number));
    const median = Float64Array.from(intervals).sort()[intervals.length >> 1] ?? 0;
    const gaps = intervals.filter((interval) => interval > GAP * median);
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

import type { Observable, SchedulerLike } from 'rxjs';
import { requireOptions, type OptionNames } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { steadied } from '../../host/monotonic-scheduler.js';
import { channelRecorder, type ChannelRecorder, type RecordedChannel } from '../format/recorded-channel.js';
import type { RecordingStorage } from './storage.js';

/** Which frames are recorded: see {@link RecordOptions.frames}. */
export type RecordedFrames = 'lossless' | 'latest' | { readonly everyMs: number } | false;

/** What `record` records, where, and for how long. Times are in milliseconds. */
export interface RecordOptions {
  /** The path of the file. With `split`, of files: `flight.mcap` becomes `flight-0001.mcap`, `flight-0002.mcap` and so on. */
  readonly file: string;
  /** Whether a file that is there may be overwritten. Default `false`: it is an error, `FILE_EXISTS`. */
  readonly overwrite?: boolean;
  /**
   * - `'lossless'` (default): each frame is written before the next is asked for, so that a slow disk slows the camera down
   *   and no frame that it published is lost;
   * - `'latest'`: frames come as fast as the camera has them, and the newest is written when the last one is;
   * - `{ everyMs }`: the first frame of each so many milliseconds;
   * - `false`: none.
   *
   * What the second and third leave out is counted in `progress.dropped`.
   */
  readonly frames?: RecordedFrames;
  /** Whether what scripts print is recorded. Default `true`. */
  readonly text?: boolean;
  /** Whether events and the list of channels are recorded. Default `true`. Those that only tell of text and frames are not. */
  readonly events?: boolean;
  /** Channels whose values are recorded, as bytes where only a name is given. Default none. */
  readonly channels?: readonly (string | RecordedChannel)[];
  /** When the recording ends by itself: after this long, or with this many frames written. */
  readonly durationMs?: number;
  readonly maxFrames?: number;
  /** Ends the recording when it emits: what was taken is written, and the recording completes when its file is whole. */
  readonly until$?: Observable<unknown>;
  /**
   * When the next file is begun: with the message that comes when a file has so many bytes, or is so many seconds old.
   * Each is whole by itself.
   */
  readonly split?: { readonly bytes?: number; readonly seconds?: number };
  /** A chunk is written when it holds so many bytes. A crash costs at most one. Default 1 MiB. */
  readonly chunkBytes?: number;
  /** A chunk is written when it is so old. Default 1000. */
  readonly chunkMs?: number;
  /**
   * How many bytes of text, events and values may wait for a slow disk. Beyond, the recording ends with `QUEUE_FULL` rather
   * than leaving something out. Default 16 MiB.
   */
  readonly maxQueuedBytes?: number;
  /** Where time comes from. Default: as of a `Camera`. */
  readonly scheduler?: SchedulerLike;
  /** Where files are made. Default in Node: this computer's file system. In a page there is none: see `saveTo` and `inMemory`. */
  readonly storage?: RecordingStorage;
}

/** {@link RecordOptions} with nothing left open. */
export interface RecordSettings {
  readonly file: string;
  readonly overwrite: boolean;
  readonly frames: RecordedFrames;
  readonly text: boolean;
  readonly events: boolean;
  readonly channels: readonly ChannelRecorder[];
  readonly durationMs: number;
  readonly maxFrames: number;
  readonly until$: Observable<unknown> | undefined;
  readonly split: { readonly bytes: number; readonly milliseconds: number } | undefined;
  readonly chunkBytes: number;
  readonly chunkMs: number;
  readonly maxQueuedBytes: number;
  readonly scheduler: SchedulerLike;
  readonly storage: RecordingStorage;
}

/** {@link RecordOptions} that say where files are made. */
export type StoredRecordOptions = RecordOptions & { readonly storage: RecordingStorage };

/** @throws {OpenMVError} `INVALID_ARGUMENT` that names the option. */
export function recordSettings(options: StoredRecordOptions): RecordSettings {
  requireOptions('record', options, KNOWN);
  const { file, frames = 'lossless', split, channels = [], storage } = options;
  check('file', 'a path', typeof file === 'string' && file !== '');
  check('storage', 'where files are made', isStorage(storage));
  check('frames', "'lossless', 'latest', { everyMs } or false", isFrames(frames));
  const positive = (name: string, value: number): number => {
    check(name, 'above 0', value > 0);
    return value;
  };
  const recorders = channels.map(channelRecorder);
  check(
    'channels',
    'a list that names each channel once',
    new Set(recorders.map(({ name }) => name)).size === recorders.length,
  );
  if (split) check('split', '{ bytes } or { seconds }', split.bytes !== undefined || split.seconds !== undefined);
  return {
    file,
    overwrite: options.overwrite ?? false,
    frames,
    text: options.text ?? true,
    events: options.events ?? true,
    channels: recorders,
    durationMs: positive('durationMs', options.durationMs ?? Infinity),
    maxFrames: positive('maxFrames', options.maxFrames ?? Infinity),
    until$: options.until$,
    split: split && {
      bytes: positive('split.bytes', split.bytes ?? Infinity),
      milliseconds: positive('split.seconds', split.seconds ?? Infinity) * 1000,
    },
    chunkBytes: positive('chunkBytes', options.chunkBytes ?? 1024 * 1024),
    chunkMs: positive('chunkMs', options.chunkMs ?? 1000),
    maxQueuedBytes: positive('maxQueuedBytes', options.maxQueuedBytes ?? 16 * 1024 * 1024),
    scheduler: steadied(options.scheduler),
    storage,
  };
}

function isFrames(frames: RecordedFrames): boolean {
  if (typeof frames === 'object') return frames.everyMs > 0;
  return frames === false || (['lossless', 'latest'] as readonly unknown[]).includes(frames);
}

function isStorage(storage: Partial<RecordingStorage> | undefined): boolean {
  return typeof storage?.create === 'function';
}

function check(option: string, expected: string, valid: boolean): void {
  if (!valid) throw new OpenMVError('INVALID_ARGUMENT', `${option} must be ${expected}`);
}

const KNOWN: OptionNames<StoredRecordOptions> = {
  file: true,
  overwrite: true,
  frames: true,
  text: true,
  events: true,
  channels: true,
  durationMs: true,
  maxFrames: true,
  until$: true,
  split: true,
  chunkBytes: true,
  chunkMs: true,
  maxQueuedBytes: true,
  scheduler: true,
  storage: true,
};

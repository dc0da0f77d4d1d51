import { isObservable, type Observable, type SchedulerLike } from 'rxjs';
import {
  positive,
  requireArgument,
  requireFlag,
  requireOptions,
  requirePath,
  requireScheduler,
  type OptionNames,
  requireWhole,
} from '../../arguments.js';
import { steadied } from '../../host/monotonic-scheduler.js';
import {
  channelRecorder,
  requireDistinct,
  type ChannelRecorder,
  type RecordedChannel,
} from '../format/recorded-channel.js';
import type { RecordingStorage } from './storage.js';

/** Which frames are recorded: see {@link RecordOptions.frames}. */
export type RecordedFrames = 'lossless' | 'queued' | 'latest' | { readonly everyMs: number } | false;

/** What `record` records, where, and for how long. Times are in milliseconds. */
export interface RecordOptions {
  /** The path of the file. With `split`, of files: `flight.mcap` becomes `flight-0001.mcap`, `flight-0002.mcap` and so on. */
  readonly file: string;
  /** Whether a file that is there may be overwritten. Default `false`: it is an error, `FILE_EXISTS`. */
  readonly overwrite?: boolean;
  /**
   * - `'lossless'` (default): every frame. A camera is asked for the next when the last one is written, so a slow disk slows the camera
   *   down, also for other subscribers, and no frame that it published is lost. Frames of an Observable wait for a slow disk, up to
   *   `maxQueuedBytes`; beyond, the recording ends with `QUEUE_FULL`;
   * - `'queued'`: frames come as fast as they are there and wait for a slow disk, up to `maxQueuedBytes`; beyond, they are left out;
   * - `'latest'`: frames come as fast as they are there, and the newest is written when the last one is;
   * - `{ everyMs }`: the first frame of each so many milliseconds;
   * - `false`: none.
   *
   * Frames that are left out are counted in `progress.dropped`. An async iterable is always asked for the next frame when the last one is written.
   */
  readonly frames?: RecordedFrames;
  /** Whether what scripts print is recorded. Default `true`. */
  readonly text?: boolean;
  /** Whether events and the list of channels are recorded. Default `true`. Those that only tell of text and frames are not. */
  readonly events?: boolean;
  /** Channels of the camera whose values are recorded, as bytes where only a name is given. Default none. */
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
   * than leaving something out. As many bytes of frames may wait where these come by themselves, see `frames`. Default 16 MiB.
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
  const { file, frames = 'lossless', split, channels = [], until$, storage } = options;
  const { overwrite = false, text = true, events = true } = options;
  requirePath('file', file);
  requireArgument(isStorage(storage), 'storage must be where files are made', storage);
  requireArgument(isFrames(frames), "frames must be 'lossless', 'queued', 'latest', { everyMs } or false", frames);
  for (const [name, value] of Object.entries({ overwrite, text, events })) requireFlag(name, value);
  requireArgument(
    Array.isArray(channels),
    'channels must be a list of names or { name, encoding or layout }',
    channels,
  );
  const recorders = channels.map(channelRecorder);
  requireDistinct(recorders);
  requireArgument(until$ === undefined || isObservable(until$), 'until$ must be an Observable', until$);
  requireScheduler(options.scheduler);
  const maxFrames = positive('maxFrames', options.maxFrames, Infinity);
  if (maxFrames !== Infinity) requireWhole('maxFrames', maxFrames, 1);
  return {
    file,
    overwrite,
    frames,
    text,
    events,
    channels: recorders,
    durationMs: positive('durationMs', options.durationMs, Infinity),
    maxFrames,
    until$,
    split: split === undefined ? undefined : splitting(split),
    chunkBytes: positive('chunkBytes', options.chunkBytes, 1024 * 1024),
    chunkMs: positive('chunkMs', options.chunkMs, 1000),
    maxQueuedBytes: positive('maxQueuedBytes', options.maxQueuedBytes, 16 * 1024 * 1024),
    scheduler: steadied(options.scheduler),
    storage,
  };
}

function splitting(split: Split): RecordSettings['split'] {
  requireOptions<Split>('split', split, { bytes: true, seconds: true });
  requireArgument(
    split.bytes !== undefined || split.seconds !== undefined,
    'split must be { bytes } or { seconds }',
    split,
  );
  return {
    bytes: positive('split.bytes', split.bytes, Infinity),
    milliseconds: positive('split.seconds', split.seconds, Infinity) * 1000,
  };
}

type Split = NonNullable<RecordOptions['split']>;

function isFrames(frames: unknown): boolean {
  if (typeof frames !== 'object' || frames === null) return FRAMES.has(frames);
  const { everyMs, ...more } = frames as { readonly everyMs?: unknown };
  return typeof everyMs === 'number' && everyMs > 0 && Object.keys(more).length === 0;
}

const FRAMES: ReadonlySet<unknown> = new Set(['lossless', 'queued', 'latest', false]);

function isStorage(storage: Partial<RecordingStorage> | undefined): boolean {
  return typeof storage?.create === 'function';
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

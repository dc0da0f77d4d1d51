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
import type { Crc32 } from './mcap-summary.js';
import type { RecordingStorage } from './storage.js';

/** The frames to record: see {@link RecordOptions.frames}. */
export type RecordedFrames = 'lossless' | 'queued' | 'latest' | { readonly everyMs: number } | false;

/** Options of `record`. Times are in milliseconds. */
export interface RecordOptions {
  /** The path of the file. With `split`, `flight.mcap` becomes `flight-0001.mcap`, `flight-0002.mcap` and so on. */
  readonly file: string;
  /** Allows overwriting an existing file. Default `false`: an existing file is an error, `FILE_EXISTS`. */
  readonly overwrite?: boolean;
  /**
   * - `'lossless'` (default): every frame. The next frame is read from a camera after the last one is written. A slow disk slows the
   *   camera down, also for other subscribers, and no published frame is lost. Frames of an Observable wait for a slow disk, up to
   *   `maxQueuedBytes`; beyond that the recording ends with `QUEUE_FULL`;
   * - `'queued'`: frames arrive at full speed and wait for a slow disk, up to `maxQueuedBytes`; beyond that they are dropped;
   * - `'latest'`: frames arrive at full speed. After each written frame, the newest one is written next, and the others are dropped;
   * - `{ everyMs }`: the first frame of each interval of `everyMs` milliseconds;
   * - `false`: no frames.
   *
   * `progress.dropped` counts dropped frames. An async iterable is always pulled after each written frame.
   */
  readonly frames?: RecordedFrames;
  /** Records the text that scripts print. Default `true`. */
  readonly text?: boolean;
  /** Records events and the list of channels. Default `true`. Events that only announce text or frames are not recorded. */
  readonly events?: boolean;
  /** The channels of the camera to record. A name alone records the values as bytes. Default none. */
  readonly channels?: readonly (string | RecordedChannel)[];
  /** Ends the recording after this time, or with this number of written frames. */
  readonly durationMs?: number;
  readonly maxFrames?: number;
  /** Ends the recording when it emits. Accepted data is still written, and the recording completes when its file is complete. */
  readonly until$?: Observable<unknown>;
  /**
   * Begins the next file with the first message after a file has this many bytes or is this many seconds old. Each file is
   * complete by itself.
   */
  readonly split?: { readonly bytes?: number; readonly seconds?: number };
  /** The size at which a chunk is written, in bytes. A crash loses at most one chunk. Default 1 MiB. */
  readonly chunkBytes?: number;
  /** The age at which a chunk is written. Default 1000. */
  readonly chunkMs?: number;
  /**
   * The most bytes of text, events and values that wait for a slow disk. Beyond that the recording ends with `QUEUE_FULL`,
   * because it must not drop any. The same number of bytes of pushed frames may wait, see `frames`. Default 16 MiB.
   */
  readonly maxQueuedBytes?: number;
  /** The source of time. Default: the same as that of a `Camera`. */
  readonly scheduler?: SchedulerLike;
  /** The storage that creates files. Default in Node: this computer's file system. A page has no default: see `saveTo` and `inMemory`. */
  readonly storage?: RecordingStorage;
}

/** {@link RecordOptions} with all defaults filled in. */
export interface RecordSettings extends Required<Omit<RecordOptions, 'channels' | 'until$' | 'split'>> {
  readonly channels: readonly ChannelRecorder[];
  readonly until$: Observable<unknown> | undefined;
  readonly split: { readonly bytes: number; readonly milliseconds: number } | undefined;
  readonly crc32: Crc32;
}

/** {@link RecordOptions} with a storage. */
export type StoredRecordOptions = RecordOptions & { readonly storage: RecordingStorage };

/** @throws {OpenMVError} `INVALID_ARGUMENT` that names the option. */
export function recordSettings(options: StoredRecordOptions, crc32: Crc32): RecordSettings {
  requireOptions('record', options, KNOWN);
  const { file, frames = 'lossless', split, channels = [], until$, storage } = options;
  const { overwrite = false, text = true, events = true } = options;
  requirePath('file', file);
  requireArgument(isStorage(storage), 'storage must have a create method, as saveTo() and inMemory() have', storage);
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
    crc32,
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

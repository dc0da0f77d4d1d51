import type { CameraInfo } from '../../host/camera-info.js';
import type { ChannelInfo } from '../../host/session/channel-info.js';
import { isOpenMVError, OpenMVError } from '../../errors.js';
import { entriesFrom } from '../read/entries-from.js';
import { openToRead, type OpenFile } from '../read/readable-file.js';
import type { RecordedValue, RecordingEntry } from '../format/recording-entry.js';

/** An entry that a replay plays: any entry with a time, except messages of other programs. */
export type PlayableEntry = Exclude<RecordingEntry, { kind: 'camera' | 'summary' | 'unknown' }>;

/** A recording at the position where playback starts. */
export interface RecordingCursor {
  readonly info: Partial<CameraInfo>;
  /** The channels and their values at that position. */
  readonly channels: readonly ChannelInfo[];
  readonly values: ReadonlyMap<string, RecordedValue>;
  /** The times of the recording's beginning and of this position, on the recording's own clock. */
  readonly beganAt: number;
  readonly startsAt: number;
  readonly entries: AsyncGenerator<PlayableEntry, void, undefined>;
  /** Closes the file at any position; may be called repeatedly. The file closes by itself only after the last entry. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a recording at `fromMs` milliseconds after its first entry. Before that position it looks only for the camera's
 * channels and their values.
 *
 * Rejects as `readRecording` throws if nothing can be played, and with `MALFORMED` if all entries are another program's. Damage
 * after the first entry is an error of `entries`.
 */
export async function openCursor(file: string, fromMs: number, open: OpenFile = openToRead): Promise<RecordingCursor> {
  const { entries, ...known } = await entriesFrom(file, fromMs, open);
  const values = new Map<string, RecordedValue>();
  let info: Partial<CameraInfo> = {};
  let channels: readonly ChannelInfo[] | undefined;
  let { beganAt } = known;
  let first: PlayableEntry | undefined;
  let isPlayable = false;
  let failure: { readonly error: unknown } | undefined;
  try {
    for (;;) {
      const { value: entry, done } = await entries.next();
      if (done === true) break;
      if (entry.kind === 'camera') info = { ...info, ...entry.info };
      if (entry.kind === 'camera' || entry.kind === 'summary') continue;
      beganAt ??= entry.at;
      if (entry.kind === 'unknown') continue;
      isPlayable = true;
      // An event before the first list of channels is left over from an earlier host.
      const isLeftOver = entry.kind === 'event' && channels === undefined;
      const isBefore = entry.at < beganAt + fromMs;
      if (entry.kind === 'channels' && (isBefore || channels === undefined)) channels = entry.channels;
      else if (entry.kind === 'value' && isBefore) values.set(entry.channel, entry);
      else if (!isLeftOver && !isBefore) {
        first = entry;
        break;
      }
    }
  } catch (error) {
    // If some entries could be read, treat the damage as the end and report it later.
    if (beganAt === undefined || !isOpenMVError(error)) throw error;
    failure = { error };
  }
  const hasMore = known.beganAt !== undefined;
  if (beganAt === undefined || !(isPlayable || (hasMore && (await isPlayableBefore(file, open))))) {
    if (failure) throw failure.error;
    throw new OpenMVError('MALFORMED', `${file} contains nothing that can be played`);
  }
  return {
    info,
    channels: channels ?? [],
    values,
    beganAt,
    startsAt: beganAt + fromMs,
    entries: playableEntries(first, failure, entries),
    // Return the inner generator: returning an outer one that has not started would leave the file open.
    close: async () => {
      await entries.return(undefined);
    },
  };
}

/** Resolves to true if the recording holds playable entries before the indexed position. Rejects otherwise. */
async function isPlayableBefore(file: string, open: OpenFile): Promise<boolean> {
  await (await openCursor(file, 0, open)).close();
  return true;
}

async function* playableEntries(
  first: PlayableEntry | undefined,
  failure: { readonly error: unknown } | undefined,
  entries: AsyncGenerator<RecordingEntry>,
): AsyncGenerator<PlayableEntry, void, undefined> {
  if (failure) throw failure.error;
  if (first === undefined) return;
  yield first;
  for await (const entry of entries) {
    if (entry.kind !== 'camera' && entry.kind !== 'summary' && entry.kind !== 'unknown') yield entry;
  }
}

import type { CameraInfo } from '../../host/camera-info.js';
import type { ChannelInfo } from '../../host/session/channel-info.js';
import { isOpenMVError, OpenMVError } from '../../errors.js';
import { entriesFrom } from '../read/entries-from.js';
import { openToRead, type OpenFile } from '../read/readable-file.js';
import type { RecordedValue, RecordingEntry } from '../format/recording-entry.js';

/** What is played: everything that has a time, except messages of other programs. */
export type PlayableEntry = Exclude<RecordingEntry, { kind: 'camera' | 'summary' | 'unknown' }>;

/** A recording at the place where it begins to be played. */
export interface RecordingCursor {
  readonly info: Partial<CameraInfo>;
  /** What was there before that place. */
  readonly channels: readonly ChannelInfo[];
  readonly values: ReadonlyMap<string, RecordedValue>;
  /** When the recording begins, and when this place is, on the recording's own clock. */
  readonly beganAt: number;
  readonly startsAt: number;
  readonly entries: AsyncGenerator<PlayableEntry, void, undefined>;
  /** Lets go of the file, wherever the scenes are, once or more often. Only scenes that are gone through to their end do so themselves. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a recording at `fromMs` behind its first scene. Of what lies before only what the camera's channels were and held is
 * looked for.
 *
 * Rejects as `readRecording` does where there is nothing to be played, and with `MALFORMED` where all is another program's. What is wrong behind the first scene is told by `scenes`.
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
      // What was told before the camera was known is left over from an earlier host.
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
    // Behind the end of what can be read there is nothing, as behind that of a file that is whole.
    if (beganAt === undefined || !isOpenMVError(error)) throw error;
    failure = { error };
  }
  const hasMore = known.beganAt !== undefined;
  if (beganAt === undefined || !(isPlayable || (hasMore && (await isPlayableBefore(file, open))))) {
    if (failure) throw failure.error;
    throw new OpenMVError('MALFORMED', `${file} holds nothing that can be played`);
  }
  return {
    info,
    channels: channels ?? [],
    values,
    beganAt,
    startsAt: beganAt + fromMs,
    entries: playableEntries(first, failure, entries),
    // Of the entries, which have begun: to leave scenes that have not would leave the file open.
    close: async () => {
      await entries.return(undefined);
    },
  };
}

/** Whether there is something to be played in front of what an index led to. Rejects where there is not. */
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

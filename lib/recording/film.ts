import type { CameraInfo } from '../host/camera-info.js';
import type { ChannelInfo } from '../host/channel-info.js';
import { OpenMVError } from '../errors.js';
import { readRecording } from './read-recording.js';
import type { RecordedValue, RecordingEntry } from './recording-entry.js';

/** What is played: everything that has a time. */
export type Scene = Exclude<RecordingEntry, { kind: 'camera' | 'summary' }>;

/** A recording at the place where it begins to be played. */
export interface Film {
  readonly info: Partial<CameraInfo>;
  /** What was there before that place. */
  readonly channels: readonly ChannelInfo[];
  readonly values: ReadonlyMap<string, RecordedValue>;
  /** When it begins, on the recording's own clock. */
  readonly startsAt: number;
  readonly scenes: AsyncGenerator<Scene, void, undefined>;
}

/**
 * Opens a recording at `fromMs` behind its first scene. What lies before is read and, but for what the camera's channels
 * were and held, passed over.
 *
 * Rejects as `readRecording` does where there is nothing to be played.
 */
export async function openFilm(file: string, fromMs: number): Promise<Film> {
  const entries = readRecording(file);
  const values = new Map<string, RecordedValue>();
  let info: Partial<CameraInfo> = {};
  let channels: readonly ChannelInfo[] | undefined;
  let startsAt: number | undefined;
  let first: Scene | undefined;
  for (;;) {
    const { value: entry, done } = await entries.next();
    if (done === true) break;
    if (entry.kind === 'camera') info = { ...info, ...entry.info };
    if (entry.kind === 'camera' || entry.kind === 'summary') continue;
    startsAt ??= entry.at;
    // What was told before the camera was known is left over from an earlier host.
    const isLeftOver = entry.kind === 'event' && channels === undefined;
    const isBefore = entry.at < startsAt + fromMs;
    if (entry.kind === 'channels' && (isBefore || channels === undefined)) channels = entry.channels;
    else if (entry.kind === 'value' && isBefore) values.set(entry.channel, entry);
    else if (!isLeftOver && !isBefore) {
      first = entry;
      break;
    }
  }
  if (startsAt === undefined) throw new OpenMVError('MALFORMED', `${file} holds nothing that can be played`);
  return { info, channels: channels ?? [], values, startsAt: startsAt + fromMs, scenes: scenesFrom(first, entries) };
}

async function* scenesFrom(
  first: Scene | undefined,
  entries: AsyncGenerator<RecordingEntry>,
): AsyncGenerator<Scene, void, undefined> {
  try {
    if (first === undefined) return;
    yield first;
    for await (const entry of entries) if (entry.kind !== 'camera' && entry.kind !== 'summary') yield entry;
  } finally {
    await entries.return(undefined);
  }
}

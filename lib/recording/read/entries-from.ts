import { EntryDecoder } from './entry-decoder.js';
import { CAMERA_METADATA, CHANNEL_TOPIC, topics } from '../format/topics.js';
import { fileBytes, mcapRecords, type McapPosition } from './mcap-records.js';
import { allEntries, decoded } from './read-recording.js';
import type { OpenFile, ReadableFile } from './readable-file.js';
import type { RecordingEntry } from '../format/recording-entry.js';
import { RecordingIndex } from './recording-index.js';

/** A recording from a position on. */
export interface EntriesFrom {
  /** The time of the recording's first entry, if `entries` starts later. */
  readonly beganAt?: number;
  readonly entries: AsyncGenerator<RecordingEntry, void, undefined>;
}

/**
 * Reads a recording from `fromMs` milliseconds after its first entry. The entries before that are the state at this position: the
 * camera, the last list of channels and the last value of each channel. More entries may come before it if skipping them costs
 * more than reading them.
 *
 * With an index, the earlier part of the file is not read. Errors as `readRecording` does.
 */
export async function entriesFrom(path: string, fromMs: number, open: OpenFile): Promise<EntriesFrom> {
  if (fromMs > 0) {
    const file = await open(path);
    try {
      return await byIndex(path, fromMs, open, file);
    } catch {
      // Without a valid index, read the whole file, which also finds its damage.
    } finally {
      await file.close();
    }
  }
  return { entries: allEntries(path, open) };
}

async function byIndex(path: string, fromMs: number, open: OpenFile, file: ReadableFile): Promise<EntriesFrom> {
  const index = await RecordingIndex.of(file);
  const beganAt = await index.beganAt();
  const chunk = index.chunkFrom(beganAt + fromMs);
  const decoder = new EntryDecoder();
  const standing = (await index.standing(chunk, CAMERA_METADATA, isHeld)).flatMap(
    (record) => decoder.push(record) ?? [],
  );
  return { beganAt, entries: entriesBehind(standing, path, index.positionOf(chunk), decoder, open) };
}

/** Topics whose last message stays valid until the next one. */
function isHeld(topic: string): boolean {
  return topic === topics.channels.name || topic.startsWith(CHANNEL_TOPIC);
}

async function* entriesBehind(
  standing: readonly RecordingEntry[],
  path: string,
  position: McapPosition | undefined,
  decoder: EntryDecoder,
  open: OpenFile,
): AsyncGenerator<RecordingEntry, void, undefined> {
  yield* standing;
  if (position) yield* decoded(mcapRecords(path, fileBytes(path, open, position.offset), position), decoder);
}

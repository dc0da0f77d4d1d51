import { EntryDecoder } from './entry-decoder.js';
import { CAMERA_METADATA, CHANNEL_TOPIC, topics } from '../format/topics.js';
import { fileBytes, mcapRecords, type McapPosition } from './mcap-records.js';
import { allEntries, decoded } from './read-recording.js';
import type { OpenFile, ReadableFile } from './readable-file.js';
import type { RecordingEntry } from '../format/recording-entry.js';
import { RecordingIndex } from './recording-index.js';

/** A recording from somewhere on. */
export interface EntriesFrom {
  /** When its first entry was, where that is not among those that follow. */
  readonly beganAt?: number;
  readonly entries: AsyncGenerator<RecordingEntry, void, undefined>;
}

/**
 * A recording from `fromMs` milliseconds behind its first entry on, and in front of that what is still true there: what the camera
 * is, and the last list of channels and value of each channel; perhaps more, where it is quicker to read on than to leave it out.
 *
 * Where the file has an index, what lies before is not read. Errors as `readRecording` does.
 */
export async function entriesFrom(path: string, fromMs: number, open: OpenFile): Promise<EntriesFrom> {
  if (fromMs > 0) {
    const file = await open(path);
    try {
      return await byIndex(path, fromMs, open, file);
    } catch {
      // No index, or a wrong one: what is there is found by reading all of it, and so is what is wrong with it.
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

/** What a camera goes on to have until there is another of it. */
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

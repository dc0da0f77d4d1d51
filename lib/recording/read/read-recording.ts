import type { McapTypes } from '@mcap/core';
import { requirePath } from '../../arguments.js';
import { readCapture } from '../capture/capture-decoder.js';
import { EntryDecoder } from './entry-decoder.js';
import { beginsAsMcap, fileBytes, mcapRecords } from './mcap-records.js';
import type { OpenFile } from './readable-file.js';
import type { RecordingEntry } from '../format/recording-entry.js';

/**
 * Reads what `record` or `capture` has written, from its beginning and in the order in which it was written.
 *
 * Nothing is read before it is iterated, and never more than is asked for; leaving the loop closes the file. `from(…)` of RxJS makes an
 * Observable of it. Holds one chunk. Of a wire capture it tells what a host that listened would have been told.
 *
 * Throws, behind all that can be read: `TRUNCATED` where the file ends too early, as that of a process that was killed
 * does; `MALFORMED` where it is damaged or neither MCAP nor a capture; `FILE_UNAVAILABLE` where it can't be opened or
 * read, or is compressed, as the tools of MCAP leave it unless told otherwise, and `@mcap/support` is not installed. Messages of other programs, and images that are not this library's, are entries of the kind `unknown`.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT`, at the call, when `file` is no path.
 *
 * @example
 * ```ts
 * import { readRecording } from 'openmv-rx/recording';
 *
 * for await (const entry of readRecording('flight.mcap')) {
 *   if (entry.kind === 'frame') console.log(entry.at, entry.frame.width, entry.frame.height);
 *   if (entry.kind === 'text') process.stdout.write(entry.text);
 * }
 * ```
 */
export function readRecording(file: string): AsyncGenerator<RecordingEntry, void, undefined> {
  requirePath('file', file);
  return allEntries(file);
}

/** {@link readRecording}, of files that may be anywhere. */
export async function* allEntries(file: string, open?: OpenFile): AsyncGenerator<RecordingEntry, void, undefined> {
  const pieces = fileBytes(file, open);
  const first = await pieces.next();
  const whole = rest(first, pieces);
  if (!first.done && !beginsAsMcap(first.value) && first.value[0] === OPENING_BRACE) yield* readCapture(file, whole);
  else yield* decoded(mcapRecords(file, whole), new EntryDecoder());
}

/** What the records of a recording tell. */
export async function* decoded(
  records: AsyncIterable<McapTypes.TypedMcapRecord>,
  decoder: EntryDecoder,
): AsyncGenerator<RecordingEntry, void, undefined> {
  for await (const record of records) {
    const entry = decoder.push(record);
    if (entry) yield entry;
  }
}

const OPENING_BRACE = 0x7b;

async function* rest(
  first: IteratorResult<Uint8Array, unknown>,
  pieces: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    if (!first.done) yield first.value;
    yield* pieces;
  } finally {
    await pieces.return(undefined);
  }
}

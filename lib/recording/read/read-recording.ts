import type { McapTypes } from '@mcap/core';
import { requirePath } from '../../arguments.js';
import { readCapture } from '../capture/capture-decoder.js';
import { EntryDecoder } from './entry-decoder.js';
import { beginsAsMcap, fileBytes, mcapRecords } from './mcap-records.js';
import type { OpenFile } from './readable-file.js';
import type { RecordingEntry } from '../format/recording-entry.js';

/**
 * Reads the entries of a file that `record` or `capture` has written, from its beginning, in their order.
 *
 * Opens the file when iteration starts, and reads only as far as the loop goes. Leaving the loop closes the file. `from(…)` of RxJS
 * turns it into an Observable. Holds one chunk. The entries of a wire capture are those that the host received. Messages of other
 * programs, and images that this library did not write, are entries of the kind `unknown`.
 *
 * After the readable entries it throws `TRUNCATED` if the file ends too early, for example after its process was killed;
 * `MALFORMED` if it is damaged or neither MCAP nor a capture; and `FILE_UNAVAILABLE` if it can't be opened or read, or if it is
 * compressed, as files of the MCAP tools are by default, and `@mcap/support` is not installed.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT`, at the call, when `file` is not a path.
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

/** {@link readRecording} with files of any storage. */
export async function* allEntries(file: string, open?: OpenFile): AsyncGenerator<RecordingEntry, void, undefined> {
  const pieces = fileBytes(file, open);
  const first = await pieces.next();
  const whole = rest(first, pieces);
  if (!first.done && !beginsAsMcap(first.value) && first.value[0] === OPENING_BRACE) yield* readCapture(file, whole);
  else yield* decoded(mcapRecords(file, whole), new EntryDecoder());
}

/** Decodes records to entries. */
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

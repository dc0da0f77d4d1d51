import type { Observable } from 'rxjs';
import { requireOptions, type OptionNames } from '../../arguments.js';
import { openToRead } from '../read/readable-file.js';
import { encodeUtf8 } from '../../wire/payloads/index.js';
import { exportFile, type ExportedFile, type ExportOptions, type Pieces, type Source } from './export-file.js';

/**
 * Writes the output of a recording's scripts to a text file, unchanged.
 *
 * Cold. Emits the file once, when it is complete, and completes. Unsubscribing leaves no file. Holds a chunk of the recording.
 *
 * Errors, without a file, with `FILE_EXISTS` if the file exists and `overwrite` is not set; with `MALFORMED` if there is no text;
 * and with `FILE_UNAVAILABLE` and `DISK_FULL`. If the recording is damaged, it emits the file with the readable part, and then
 * errors as `readRecording` does.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` that names the argument.
 *
 * @example
 * ```ts
 * import { exportText } from 'openmv-rx/recording';
 *
 * exportText('flight.mcap', 'flight.txt').subscribe(({ file }) => console.log(file));
 * ```
 */
export function exportText(recording: string, file: string, options: ExportOptions = {}): Observable<ExportedFile> {
  requireOptions('exportText', options, KNOWN);
  return exportFile(recording, file, options, texts);
}

async function* texts(source: Source): Pieces {
  let count = 0;
  for await (const entry of source.entries(openToRead)) {
    if (entry.kind !== 'text') continue;
    count++;
    yield encodeUtf8(entry.text);
  }
  if (count === 0) throw source.nothing('contains no text: its scripts printed nothing');
  return count;
}

const KNOWN: OptionNames<ExportOptions> = { overwrite: true };

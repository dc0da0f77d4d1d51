import type { Observable } from 'rxjs';
import { requireOptions, type OptionNames } from '../../arguments.js';
import { openToRead } from '../read/readable-file.js';
import { encodeUtf8 } from '../../wire/payloads/index.js';
import { exportFile, type ExportedFile, type ExportOptions, type Pieces, type Source } from './export-file.js';

/**
 * Writes what a recording's scripts printed to a text file, as it came.
 *
 * Cold. Emits the file once, when it is whole, and completes. Unsubscribing leaves no file. Holds a chunk of the recording.
 *
 * Errors with `FILE_EXISTS` where there is a file, unless `overwrite` says otherwise; with `MALFORMED` where there is no text; with
 * `FILE_UNAVAILABLE` and `DISK_FULL`, and leaves no file then. With what `readRecording` says of a damaged recording it errors
 * behind the file, which holds what can be read.
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
  if (count === 0) throw source.nothing('holds no text: its scripts printed nothing');
  return count;
}

const KNOWN: OptionNames<ExportOptions> = { overwrite: true };

import type { Observable } from 'rxjs';
import { requireOptions, type OptionNames } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { encodeUtf8 } from '../../wire/payloads/index.js';
import { checkChannel, chosenChannel, type ExportChannelOptions, valuesOf } from './channel-values.js';
import { exportFile, type ExportedFile, type Pieces, type Source } from './export-file.js';
import { type Row, rowsOf } from './rows.js';

/** The time column. */
const TIME = 'receivedAt';
const MOST_COLUMNS = 16_384;

/**
 * Writes the values of a channel to a CSV file in UTF-8, with commas and a header line.
 *
 * The first column is `receivedAt`, the time of reception at the host, in milliseconds since 1970. The other columns are the fields
 * of the values, by name: `acceleration.x` is a nested field, `xyz.0` an element of a list, `value` a value without fields. Each
 * record of a list is a row. A list of widgets is one row, with a column for each widget that has a value. Byte strings are base64.
 * Values that do not match their encoding are left out.
 *
 * Cold. Reads the recording several times: for its channels, its columns and its rows. Emits the file once, when it is complete,
 * and completes. Unsubscribing leaves no file. Holds a chunk of the recording and the names of the columns.
 *
 * Errors with `INVALID_ARGUMENT` if `channel` or `layout` is required; with `TOO_LARGE` for more than 16384 columns; otherwise as
 * `exportText` does.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` that names the argument.
 *
 * @example
 * ```ts
 * import { exportCsv } from 'openmv-rx/recording';
 *
 * exportCsv('flight.mcap', 'imu.csv', { channel: 'imu' }).subscribe(({ file, count }) => console.log(file, count));
 * ```
 */
export function exportCsv(
  recording: string,
  file: string,
  options: ExportChannelOptions = {},
): Observable<ExportedFile> {
  requireOptions('exportCsv', options, KNOWN);
  checkChannel(options);
  return exportFile(recording, file, options, (source) => lines(source, options));
}

async function* lines(source: Source, options: ExportChannelOptions): Pieces {
  const channel = await chosenChannel(source, options.channel);
  const columns = new Set<string>();
  for await (const value of valuesOf(source, channel)) {
    for (const row of rowsOf(value, options)) for (const name of row.keys()) columns.add(name);
    if (columns.size > MOST_COLUMNS) {
      throw new OpenMVError(
        'TOO_LARGE',
        `channel '${channel}' has more than ${MOST_COLUMNS} columns: export it as NPY`,
      );
    }
  }
  if (columns.size === 0) throw source.nothing(`has no values of channel '${channel}' that fit a table`);
  yield line([TIME, ...columns]);
  let count = 0;
  for await (const value of valuesOf(source, channel)) {
    for (const row of rowsOf(value, options)) {
      yield line([String(value.at), ...cellsOf(row, columns)]);
      count++;
    }
  }
  return count;
}

function cellsOf(row: Row, columns: ReadonlySet<string>): readonly string[] {
  return Array.from(columns, (name) => row.get(name) ?? '');
}

function line(cells: readonly string[]): Uint8Array {
  return encodeUtf8(`${cells.map(quoted).join(',')}\n`);
}

/** RFC 4180. */
function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

const KNOWN: OptionNames<ExportChannelOptions> = { channel: true, layout: true, byteOrder: true, overwrite: true };

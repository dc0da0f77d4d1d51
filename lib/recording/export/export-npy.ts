import type { Observable } from 'rxjs';
import { requireOptions, type OptionNames, requireArgument } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { requireNumberType } from '../../host/channel/shaped-array.js';
import { arrayPart, type ArrayPart, type ExportNpyOptions } from './arrays.js';
import { checkChannel, chosenChannel, valuesOf } from './channel-values.js';
import { exportFile, type ExportedFile, type Pieces, type Source } from './export-file.js';
import { npyHead } from './npy.js';

/**
 * Writes the values of a channel to an NPY file, which NumPy loads as one array.
 *
 * - Records with a layout become one array of records with named fields, joined over all values.
 * - Bytes with a `type` become numbers of that type. The first dimension is the values, followed by those of `shape`.
 * - JSON and CBOR numbers, and lists of them, become `float64`. The first dimension is the values, followed by those of the lists.
 * - A waveform widget becomes its samples by value, sample and series; a depth widget by value, row and column.
 *
 * Values of other kinds are left out. The file has no times: `exportCsv` writes them.
 *
 * Cold. Reads the recording several times. Emits the file once, when it is complete, and completes; `count` is the array's first
 * dimension. Unsubscribing leaves no file. Holds a chunk of the recording.
 *
 * Errors with `MALFORMED` if there is no array, or its type or dimensions change; with `INVALID_ARGUMENT` if `channel` or `type` is
 * required; with `TOO_LARGE` for records with more fields than NumPy loads, a few hundred; otherwise as `exportText` does.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` that names the argument; also for a `shape` without a `type`.
 *
 * @example
 * ```ts
 * import { exportNpy } from 'openmv-rx/recording';
 *
 * exportNpy('flight.mcap', 'imu.npy', { channel: 'imu' }).subscribe(({ count }) => console.log(`${count} records`));
 * ```
 */
export function exportNpy(recording: string, file: string, options: ExportNpyOptions = {}): Observable<ExportedFile> {
  requireOptions('exportNpy', options, KNOWN);
  const { type, shape } = options;
  checkChannel(options);
  if (type !== undefined) requireNumberType(type);
  const isRight = shape === undefined || (type !== undefined && isShape(shape));
  requireArgument(isRight, 'shape must consist of whole numbers above 0; also pass type', shape);
  return exportFile(recording, file, options, (source) => array(source, options));
}

function isShape(shape: unknown): boolean {
  return Array.isArray(shape) && shape.every((length) => Number.isInteger(length) && length > 0);
}

async function* array(source: Source, options: ExportNpyOptions): Pieces {
  const channel = await chosenChannel(source, options.channel);
  let first: ArrayPart | undefined;
  let count = 0;
  for await (const part of partsOf(source, channel, options)) {
    first ??= part;
    if (part.type !== first.type || part.shape.join() !== first.shape.join()) {
      const words = `channel '${channel}' changes from ${shapeText(first)} to ${shapeText(part)}, which one array can't hold`;
      throw new OpenMVError('MALFORMED', words);
    }
    count += part.count;
  }
  if (first === undefined) throw source.nothing(`has no arrays of numbers in channel '${channel}'`);
  yield npyHead(first.type, [count, ...first.shape]);
  for await (const { bytes } of partsOf(source, channel, options)) yield bytes;
  return count;
}

async function* partsOf(
  source: Source,
  channel: string,
  options: ExportNpyOptions,
): AsyncGenerator<ArrayPart, void, undefined> {
  for await (const value of valuesOf(source, channel)) {
    const part = arrayPart(value, options);
    if (part) yield part;
  }
}

function shapeText({ type, shape }: ArrayPart): string {
  return `${shape.length === 0 ? 'single values' : shape.join(' × ')} of ${type}`;
}

const KNOWN: OptionNames<ExportNpyOptions> = {
  channel: true,
  layout: true,
  byteOrder: true,
  type: true,
  shape: true,
  widget: true,
  overwrite: true,
};

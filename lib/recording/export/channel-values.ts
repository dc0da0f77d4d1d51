import { requireArgument, requireByteOrder } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { cutName } from '../../host/arguments.js';
import { structs, type StructOptions } from '../../host/struct/struct.js';
import type { StructLayout } from '../../host/struct/layout.js';
import type { RecordedValue } from '../format/recording-entry.js';
import type { ExportOptions, Source } from './export-file.js';

/** Options of exporting the values of a channel. */
export interface ExportChannelOptions extends ExportOptions {
  /** The name of the channel. Default: the only one whose values were recorded. */
  readonly channel?: string;
  /** The layout of the records in a channel that was recorded as bytes. */
  readonly layout?: StructLayout;
  /** The byte order of `layout`. Default `'little'`, the camera's. */
  readonly byteOrder?: NonNullable<StructOptions['byteOrder']>;
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` that names the wrong option. */
export function checkChannel({
  channel,
  widget,
  layout,
  byteOrder = 'little',
}: ExportChannelOptions & { readonly widget?: string }): void {
  for (const [name, value] of Object.entries({ channel, widget })) {
    requireArgument(
      value === undefined || (typeof value === 'string' && value !== ''),
      `${name} must be a name`,
      value,
    );
  }
  requireByteOrder(byteOrder);
  if (layout !== undefined) structs(layout, { byteOrder });
}

/**
 * The name of the channel to export: the one that was asked for, or the only one with values. Rejects with `MALFORMED` if no
 * channel has values, and with `INVALID_ARGUMENT` if there are several, or the one that was asked for has none.
 */
export async function chosenChannel(source: Source, asked: string | undefined): Promise<string> {
  const names = new Set<string>();
  for await (const entry of source.entries()) if (entry.kind === 'value') names.add(entry.channel);
  const all = [...names].sort();
  const [only] = all;
  const chosen = asked === undefined ? only : cutName(asked);
  if (only === undefined) throw source.nothing('contains no values of channels: name the channels when you record');
  if (asked === undefined && all.length > 1) {
    throw new OpenMVError('INVALID_ARGUMENT', `${source.path} has several channels: choose one of ${all.join(', ')}`);
  }
  if (chosen !== undefined && names.has(chosen)) return chosen;
  throw new OpenMVError('INVALID_ARGUMENT', `${source.path} has no channel '${asked}': it has ${all.join(', ')}`);
}

/** Reads the values of a channel. */
export async function* valuesOf(source: Source, channel: string): AsyncGenerator<RecordedValue, void, undefined> {
  for await (const entry of source.entries()) if (entry.kind === 'value' && entry.channel === channel) yield entry;
}

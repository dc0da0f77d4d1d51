import { OpenMVError } from '../../errors.js';
import { structs } from '../../host/struct/struct.js';
import { decodeWidgets, type Widget } from '../../widgets/index.js';
import type { RecordedValue } from '../format/recording-entry.js';
import type { ExportChannelOptions } from './channel-values.js';

/** A row of a table: the text of each cell by column name. */
export type Row = ReadonlyMap<string, string>;

/** Converts a value to rows: one for each record of a list, one for any other value, none if the value does not match its encoding. */
export function rowsOf(entry: RecordedValue, { layout, byteOrder }: ExportChannelOptions): readonly Row[] {
  if (layout !== undefined) {
    return structs(layout, { ...(byteOrder !== undefined && { byteOrder }) })
      .decode(entry.bytes)
      .map(rowOf);
  }
  if (entry.encoding === 'bytes') {
    const words = `channel '${entry.channel}' was recorded as bytes without a layout: pass one, such as '<Q6f'`;
    throw new OpenMVError('INVALID_ARGUMENT', words);
  }
  if (entry.value === undefined) return [];
  const widgets = entry.encoding === 'cbor' ? widgetsIn(entry) : [];
  if (widgets.length > 0) return [widgetRow(widgets)];
  const isTable = Array.isArray(entry.value) && entry.value.length > 0 && entry.value.every(isRecord);
  return isTable ? (entry.value as unknown[]).map(rowOf) : [rowOf(entry.value)];
}

function rowOf(value: unknown): Row {
  const cells = new Map<string, string>();
  fill(cells, '', value);
  return cells;
}

/** Names nested fields and elements of lists by their path, joined with dots. */
function fill(cells: Map<string, string>, path: string, value: unknown): void {
  if (value instanceof Uint8Array) cells.set(path || 'value', Buffer.from(value).toString('base64'));
  else if (Array.isArray(value) || isRecord(value)) {
    for (const [name, one] of value instanceof Map ? value : Object.entries(value)) {
      fill(cells, path === '' ? String(name) : `${path}.${String(name)}`, one);
    }
  } else cells.set(path || 'value', String((value as string | number | boolean | bigint | null | undefined) ?? ''));
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** The widgets of a value; none for other CBOR. */
export function widgetsIn({ bytes, channel }: RecordedValue): readonly Widget[] {
  try {
    const widgets = decodeWidgets(bytes, channel);
    return widgets.every(({ type }) => type !== 'malformed') ? widgets : [];
  } catch {
    return [];
  }
}

/** Makes a row with a column for each widget that shows a single value. */
function widgetRow(widgets: readonly Widget[]): Row {
  const cells = new Map<string, string>();
  for (const widget of widgets) {
    if (!('value' in widget) || widget.value === undefined) continue;
    const { value, name, baseName = '' } = widget;
    cells.set(baseName + name, String(typeof value === 'object' ? value.text : value));
  }
  return cells;
}

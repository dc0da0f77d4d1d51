import { isBytes, requireArgument } from '../arguments.js';
import { isOpenMVError, OpenMVError } from '../errors.js';
import { decodeWidget } from './decode-widget.js';
import { encodeWidget } from './encode-widget.js';
import { Key, type WidgetRecord } from './keys.js';
import { decodeCbor, encodeCbor } from './plain-cbor.js';
import { shown } from './record-reader.js';
import type { Widget } from './widget.js';

/**
 * Decodes the content of a widget channel: a CBOR array of maps (PROTOCOL 11). Without bytes there are no widgets.
 *
 * Unknown types and keys are kept. An invalid entry, or one whose data do not have the claimed length, becomes a widget of type
 * `malformed` with the error. Nothing is a view of `bytes`.
 *
 * @param channel the name of the channel, for errors
 * @throws {OpenMVError} `MALFORMED` when the bytes are not a CBOR array.
 *
 * @example
 * ```ts
 * import { decodeWidgets } from 'openmv-rx/widgets';
 *
 * const names = (bytes: Uint8Array) => decodeWidgets(bytes, 'controls').map(({ name }) => name);
 * ```
 */
export function decodeWidgets(bytes: Uint8Array, channel: string): Widget[] {
  requireArgument(isBytes(bytes), 'decodeWidgets takes a Uint8Array', bytes);
  if (bytes.length === 0) return [];
  let baseName = '';
  return entriesIn(bytes, channel).map((entry) => {
    baseName = baseNameIn(entry) ?? baseName;
    return decodeWidget(entry, baseName, channel);
  });
}

/**
 * Encodes widgets as a camera's channel holds them, with all keys that they were read with: the counterpart of
 * {@link decodeWidgets}.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when a `rest` contains a value that cameras cannot read.
 */
export function encodeWidgets(widgets: readonly Widget[]): Uint8Array<ArrayBuffer> {
  requireArgument(Array.isArray(widgets), 'encodeWidgets takes a list of widgets', widgets);
  let baseName = '';
  return encodeCbor(
    widgets.map((widget) => {
      const entry = encodeWidget(widget, baseName);
      baseName = baseNameIn(entry) ?? baseName;
      return entry;
    }),
  );
}

/** The base name that an entry sets for itself and later entries, if any. */
function baseNameIn(entry: unknown): string | undefined {
  const given = entry instanceof Map ? (entry as WidgetRecord).get(Key.BASE_NAME) : undefined;
  return typeof given === 'string' ? given : undefined;
}

/** @throws {OpenMVError} `MALFORMED` with the name of the channel, when the bytes are not a CBOR array. */
export function entriesIn(bytes: Uint8Array, channel: string): unknown[] {
  const entries = decoded(bytes, channel);
  if (Array.isArray(entries)) return entries;
  throw new OpenMVError('MALFORMED', `channel '${channel}' holds ${shown(entries)}, not a list of widgets`);
}

function decoded(bytes: Uint8Array, channel: string): unknown {
  try {
    return decodeCbor(bytes);
  } catch (error) {
    if (!isOpenMVError(error)) throw error;
    throw new OpenMVError('MALFORMED', `channel '${channel}' holds no widgets: ${error.message}`, { cause: error });
  }
}

import { isOpenMVError, OpenMVError } from '../errors.js';
import { Key, type WidgetRecord } from './keys.js';
import { RecordReader, shown } from './record-reader.js';
import { DEFAULT_TYPE_CODE, decodeSamples, sampleBytes } from './samples.js';
import type { DepthWidget, KnownWidget, MalformedWidget, UntypedWidget, WaveformWidget, Widget } from './widget.js';

/** The properties of all widgets. */
interface Named {
  readonly name: string;
  readonly baseName?: string;
}

/**
 * Decodes an entry of a widget channel. Never throws: an invalid entry has the type `malformed`.
 *
 * @param baseName the current base name, from this entry or an earlier one
 * @param channel the name of the channel, for errors
 */
export function decodeWidget(entry: unknown, baseName: string, channel: string): Widget {
  if (!(entry instanceof Map)) {
    return malformed('', entry, `an entry of channel '${channel}' is not a map: ${shown(entry)}`);
  }
  const record = entry as WidgetRecord;
  const [type, given] = [record.get(Key.TYPE) ?? undefined, record.get(Key.NAME) ?? ''];
  const name = typeof given === 'string' ? given : '';
  const what = (): string => `${type === undefined ? 'entry' : shown(type)} '${name}' of channel '${channel}'`;
  const reader = new RecordReader(record, what);
  try {
    reader.optionalText(Key.BASE_NAME, 'base name');
    const named: Named = {
      name: reader.optionalText(Key.NAME, 'name') ?? '',
      ...(baseName !== '' && { baseName }),
    };
    if (type === undefined) return untyped(named, reader, record);
    if (typeof type === 'string' && Object.hasOwn(decoders, type)) {
      reader.take(Key.TYPE);
      const widget = decoders[type as KnownWidget['type']](named, reader);
      return { ...widget, ...reader.rest() };
    }
    reader.take(Key.TYPE);
    return { ...named, type: 'unknown', widgetType: type, rest: reader.rest().rest ?? new Map() };
  } catch (error) {
    return malformed(name, entry, isOpenMVError(error) ? error.message : String(error));
  }
}

export function malformed(name: string, found: unknown, message: string): MalformedWidget {
  return { type: 'malformed', name, found, error: new OpenMVError('MALFORMED', message) };
}

const decoders: Readonly<Record<KnownWidget['type'], (named: Named, reader: RecordReader) => KnownWidget>> = {
  label: (named, reader) => ({
    ...named,
    type: 'label',
    value: reader.number(Key.VALUE, 'value'),
    ...optional('unit', reader.optionalText(Key.UNIT, 'unit')),
  }),
  text: (named, reader) => ({
    ...named,
    type: 'text',
    value: { text: reader.text(Key.VALUE, 'value'), mayBeHtml: true },
  }),
  toggle: (named, reader) => ({ ...named, type: 'toggle', value: reader.boolean(Key.VALUE, 'value') }),
  pushbutton: (named, reader) => ({
    ...named,
    type: 'pushbutton',
    ...optional('value', reader.optionalBoolean(Key.VALUE, 'value')),
  }),
  slider: (named, reader) => ({ ...named, type: 'slider', ...numberIn(reader) }),
  spinbox: (named, reader) => ({ ...named, type: 'spinbox', ...numberIn(reader) }),
  select: (named, reader) => ({ ...named, type: 'select', ...choiceIn(reader) }),
  radio: (named, reader) => ({ ...named, type: 'radio', ...choiceIn(reader) }),
  lineedit: (named, reader) => ({ ...named, type: 'lineedit', value: reader.text(Key.VALUE, 'value') }),
  depth,
  waveform,
};

function numberIn(reader: RecordReader) {
  return {
    value: reader.number(Key.VALUE, 'value'),
    ...optional('minimum', reader.optionalNumber(Key.MINIMUM, 'minimum')),
    ...optional('maximum', reader.optionalNumber(Key.MAXIMUM, 'maximum')),
    ...optional('step', reader.optionalNumber(Key.STEP, 'step')),
    ...optional('unit', reader.optionalText(Key.UNIT, 'unit')),
  };
}

function choiceIn(reader: RecordReader) {
  return {
    value: reader.text(Key.VALUE, 'value'),
    options: reader.optionalTexts(Key.OPTIONS, 'options') ?? [],
  };
}

function scaleIn(reader: RecordReader) {
  return {
    ...optional('minimum', reader.optionalNumber(Key.DATA_MINIMUM, 'minimum')),
    ...optional('maximum', reader.optionalNumber(Key.DATA_MAXIMUM, 'maximum')),
  };
}

function depth(named: Named, reader: RecordReader): DepthWidget {
  const [width, height] = [reader.count(Key.WIDTH, 'width'), reader.count(Key.HEIGHT, 'height')];
  const bytes = reader.bytes(Key.DATA, 'data');
  // Before the first picture a camera sends no bytes, but already a size.
  if (bytes.length > 0 && bytes.length !== 4 * width * height) {
    reader.fail(`claims ${width} × ${height} floats, ${4 * width * height} bytes, and has ${bytes.length}`);
  }
  const data = decodeSamples('f', bytes) as Float32Array;
  return { ...named, type: 'depth', width, height, data, ...scaleIn(reader) };
}

function waveform(named: Named, reader: RecordReader): WaveformWidget {
  const typeCode = reader.optionalText(Key.STRING, 'type code') ?? DEFAULT_TYPE_CODE;
  const size = sampleBytes(typeCode) ?? reader.fail(`has samples of a type that is not known: ${shown(typeCode)}`);
  const [count, series] = [reader.count(Key.WIDTH, 'number of samples'), reader.count(Key.HEIGHT, 'number of series')];
  const bytes = reader.bytes(Key.DATA, 'data');
  if (bytes.length > 0 && bytes.length !== count * series * size) {
    const claimed = `${count} samples of ${series} series of ${size} bytes, ${count * series * size} bytes`;
    reader.fail(`claims ${claimed}, and has ${bytes.length}`);
  }
  return {
    ...named,
    type: 'waveform',
    series,
    data: decodeSamples(typeCode, bytes),
    ...scaleIn(reader),
    ...optional('seriesNames', reader.optionalTexts(Key.OPTIONS, 'series names')),
    ...optional('unit', reader.optionalText(Key.UNIT, 'unit')),
    ...optional('samplePeriod', reader.optionalNumber(Key.UPDATE_TIME, 'sample period')),
    ...optional('timeUs', reader.optionalNumber(Key.TIME, 'time')),
  };
}

/** An untyped entry shows key 2, else 3, else 4 (PROTOCOL 11). All of them stay in the rest. */
function untyped(named: Named, reader: RecordReader, record: WidgetRecord): UntypedWidget {
  const values = [record.get(Key.VALUE), record.get(Key.STRING), record.get(Key.BOOLEAN)];
  const value = values.find((one) => one !== undefined && one !== null);
  if (value === undefined || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') {
    return { ...named, type: 'untyped', value, ...reader.rest() };
  }
  if (typeof value === 'bigint') return { ...named, type: 'untyped', value: Number(value), ...reader.rest() };
  return reader.fail(`has a value that is neither number, text nor boolean: ${shown(value)}`);
}

function optional<K extends string, V>(name: K, value: V | undefined): Readonly<Partial<Record<K, V>>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<K, V>>;
}

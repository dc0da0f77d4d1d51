import { Key } from './keys.js';
import { DEFAULT_TYPE_CODE, encodeSamples } from './samples.js';
import type { KnownWidget, UnknownWidget, UntypedWidget, Widget } from './widget.js';

type Entry = readonly [key: unknown, value: unknown];

/**
 * Encodes a widget as an entry of its channel, with all keys that it was read with. Values that are `undefined` are omitted.
 *
 * @param baseName the base name before this entry; another one is written
 */
export function encodeWidget(widget: Widget, baseName: string): unknown {
  if (widget.type === 'malformed') return widget.found;
  const own = widget.baseName ?? '';
  const entries: Entry[] = [
    [Key.BASE_NAME, own === baseName ? undefined : own],
    [Key.NAME, widget.name === '' && widget.type === 'untyped' ? undefined : widget.name],
    ...entriesOf(widget),
    ...(widget.rest ?? []),
  ];
  return new Map(entries.filter(([, value]) => value !== undefined));
}

function entriesOf(widget: KnownWidget | UntypedWidget | UnknownWidget): Entry[] {
  switch (widget.type) {
    case 'label':
      return [type(widget), [Key.VALUE, widget.value], [Key.UNIT, widget.unit]];
    case 'text':
      return [type(widget), [Key.VALUE, widget.value.text]];
    case 'toggle':
    case 'pushbutton':
    case 'lineedit':
      return [type(widget), [Key.VALUE, widget.value]];
    case 'slider':
    case 'spinbox':
      return [
        type(widget),
        [Key.VALUE, widget.value],
        [Key.MINIMUM, widget.minimum],
        [Key.MAXIMUM, widget.maximum],
        [Key.STEP, widget.step],
        [Key.UNIT, widget.unit],
      ];
    case 'select':
    case 'radio':
      return [type(widget), [Key.VALUE, widget.value], [Key.OPTIONS, widget.options]];
    case 'depth':
      return [
        type(widget),
        [Key.DATA, encodeSamples(widget.data).bytes],
        [Key.WIDTH, widget.width],
        [Key.HEIGHT, widget.height],
        [Key.DATA_MINIMUM, widget.minimum],
        [Key.DATA_MAXIMUM, widget.maximum],
      ];
    case 'waveform': {
      const { typeCode, bytes } = encodeSamples(widget.data);
      return [
        type(widget),
        [Key.DATA, bytes],
        [Key.WIDTH, widget.series === 0 ? 0 : widget.data.length / widget.series],
        [Key.HEIGHT, widget.series],
        [Key.DATA_MINIMUM, widget.minimum],
        [Key.DATA_MAXIMUM, widget.maximum],
        [Key.UNIT, widget.unit],
        [Key.UPDATE_TIME, widget.samplePeriod],
        [Key.STRING, typeCode === DEFAULT_TYPE_CODE ? undefined : typeCode],
        [Key.OPTIONS, widget.seriesNames],
        [Key.TIME, widget.timeUs],
      ];
    }
    case 'untyped':
      return widget.rest === undefined ? [[keyOf(widget.value), widget.value]] : [];
    case 'unknown':
      return [[Key.TYPE, widget.widgetType]];
  }
}

function type({ type: name }: KnownWidget): Entry {
  return [Key.TYPE, name];
}

/** The key of the value of an untyped widget. A widget that was read has its value in the rest. */
function keyOf(value: UntypedWidget['value']): number {
  if (typeof value === 'string') return Key.STRING;
  return typeof value === 'boolean' ? Key.BOOLEAN : Key.VALUE;
}

import { Key } from '../../widgets/keys.js';
import type { Widget } from '../../widgets/widget.js';
import { NotUnderstood } from './exception.js';
import type { Value } from './value.js';

/** What `add` was given for each of its parameters, but `None`, which is nothing. */
export interface Given {
  readonly value: Value | undefined;
  readonly unit: Value | undefined;
  readonly min: Value | undefined;
  readonly max: Value | undefined;
  readonly step: Value | undefined;
  readonly options: readonly Value[] | undefined;
}

/** The value that a new widget has in the script: what it was given, or else what its type begins with. */
export function firstValue(type: string, { value, min }: Given): Value {
  switch (type) {
    case 'label':
      return value ?? 0n;
    case 'slider':
    case 'spinbox':
      return value ?? min ?? 0n;
    case 'toggle':
    case 'pushbutton':
      return value ?? false;
    case 'text':
    case 'lineedit':
    case 'select':
    case 'radio':
      return value ?? '';
    case 'depth':
    case 'waveform':
      // Their data are bytes, which no value is.
      throw new NotUnderstood();
    default:
      return null;
  }
}

/**
 * A widget as the firmware's `CBORChannel` makes it. It looks at nothing: a type that it does not know has no more than a
 * name, and a value that is not of the widget's kind is sent as it is, for the host to complain.
 */
export function newWidget(type: string, name: string, given: Given): Widget {
  const value = firstValue(type, given);
  const widget = { type, name, ...fieldsOf(type, given) } as Widget;
  return value === null ? { type: 'unknown', name, widgetType: type, rest: new Map() } : withValue(widget, value);
}

function fieldsOf(type: string, { unit, min, max, step, options }: Given): object {
  const shownUnit = unit ? { unit: plain(unit) } : {};
  switch (type) {
    case 'label':
      return shownUnit;
    case 'slider':
    case 'spinbox':
      return { minimum: plain(min ?? 0n), maximum: plain(max ?? 100n), step: plain(step ?? 1n), ...shownUnit };
    case 'select':
    case 'radio':
      return { options: (options ?? []).map(plain) };
    default:
      return {};
  }
}

/** The widget with what a script has set it to. */
export function withValue(widget: Widget, value: Value): Widget {
  const set = plain(value);
  if (widget.type === 'unknown') return { ...widget, rest: new Map(widget.rest).set(Key.VALUE, set) };
  if (widget.type === 'text') return { ...widget, value: { text: set, mayBeHtml: true } } as Widget;
  return { ...widget, value: set } as Widget;
}

/** A value as CBOR has it. */
function plain(value: Value): number | string | boolean | null {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'object' && value !== null) throw new NotUnderstood();
  return value;
}

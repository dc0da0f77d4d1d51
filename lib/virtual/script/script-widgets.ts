import type { Backend } from '../../device/backend.js';
import { encodeWidgets, type Widget, type WidgetChange, WidgetChannel } from '../../widgets/index.js';
import { Key } from '../../widgets/keys.js';
import { NotUnderstood, ScriptException } from './exception.js';
import { boundedLength, type Items, textOf, type Value } from './value.js';

/** What `add` was given for each of its parameters, but `None`, which is nothing. */
interface Given {
  readonly value: Value | undefined;
  readonly unit: Value | undefined;
  readonly min: Value | undefined;
  readonly max: Value | undefined;
  readonly step: Value | undefined;
  readonly options: readonly Value[] | undefined;
}

/** The value that a new widget has in the script: what it was given, or else what its type begins with. */
function firstValue(type: string, { value, min }: Given): Value {
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
function newWidget(type: string, name: string, given: Given): Widget {
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
function withValue(widget: Widget, value: Value): Widget {
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

/** What a script does when a host asks how much there is to read, and when one has set a widget. */
interface Callbacks {
  readonly onRead: ((channel: ScriptWidgets) => void) | undefined;
  readonly onWrite: ((channel: ScriptWidgets, name: string, value: Value) => void) | undefined;
}

/**
 * The `CBORChannel` of a script. As in the firmware, it is ready when the script has set something since it was read last, or
 * always where `on_read` may do so; it sends no event; and what a host sets is what the script reads at once, while a host
 * reads it only when the script has set something since.
 */
export class ScriptWidgets implements Backend, Items {
  readonly #channel: WidgetChannel;
  /** An int and a float are one in a widget, and two in a script. */
  readonly #values = new Map<string, Value>();
  /** Of each widget in CBOR. */
  readonly #lengths = new Map<string, number>();
  readonly #changes: WidgetChange[] = [];
  readonly #onWrite: Callbacks['onWrite'];
  #length = 0;
  #size = 0;

  constructor({ onRead, onWrite }: Callbacks) {
    this.#channel = new WidgetChannel([], onRead && { refresh: () => onRead(this) });
    this.#onWrite = onWrite;
    this.#channel.changes$.subscribe((change) => {
      const { name, value } = change;
      this.#values.set(name, Number.isInteger(value) ? BigInt(value) : value);
      this.#changes.push(change);
    });
  }

  /** @throws {ScriptException} `MemoryError` when the channel's widgets would take more than 64 KiB. */
  add(type: string, name: string, given: Given): void {
    this.#put(newWidget(type, name, given), firstValue(type, given));
  }

  item(index: Value): Value {
    return this.#values.get(this.#nameAt(index)) as Value;
  }

  setItem(index: Value, value: Value): void {
    this.#put(withValue(this.#channel.get(this.#nameAt(index)) as Widget, value), value);
  }

  poll(): boolean {
    return this.#values.size > 0 && this.#channel.poll();
  }

  size(): number {
    if (this.poll()) this.#size = this.#channel.size();
    return this.#size;
  }

  read(offset: number, size: number): Uint8Array {
    return this.#channel.read(offset, size);
  }

  write(offset: number, data: Uint8Array): number {
    const taken = this.#channel.write(offset, data);
    for (const { name } of this.#changes.splice(0)) this.#onWrite?.(this, name, this.item(name));
    return taken;
  }

  #nameAt(index: Value): string {
    if (typeof index === 'string' && this.#values.has(index)) return index;
    throw new ScriptException('KeyError', textOf(index));
  }

  #put(widget: Widget, value: Value): void {
    const { name } = widget;
    const length = encodeWidgets([widget]).length;
    const all = this.#length - (this.#lengths.get(name) ?? 0) + length;
    boundedLength(all);
    this.#length = all;
    this.#lengths.set(name, length);
    this.#values.set(name, value);
    this.#channel.put(widget);
  }
}

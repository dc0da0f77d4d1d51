import { encodeWidgets, WidgetChannel, type Widget, type WidgetChange } from '../../widgets/index.js';
import type { Backend } from '../backend.js';
import { ScriptException } from './exception.js';
import { firstValue, newWidget, withValue, type Given } from './new-widget.js';
import { boundedLength, textOf, type Items, type Value } from './value.js';

/** What a script does when a host asks how much there is to read, and when one has set a widget. */
export interface Callbacks {
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

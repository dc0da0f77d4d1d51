import { Subject, type Observable } from 'rxjs';
import { requireArgument, requireOptions, type OptionNames } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { Key, type WidgetRecord } from './keys.js';
import { shown } from './record-reader.js';
import { misfit } from './setting.js';
import type { Widget, WidgetValue } from './widget.js';
import { encodeWidgets, entriesIn } from './widget-list.js';

/** A change of a widget by a host. */
export interface WidgetChange {
  readonly name: string;
  readonly value: WidgetValue;
}

/** Options of {@link WidgetChannel}. */
export interface WidgetChannelOptions {
  /**
   * Called when a host asks for the size, to `put` changed widgets. The channel is then always ready. Without `refresh` it is
   * ready after a `put` since the last read.
   */
  readonly refresh?: (channel: WidgetChannel) => void;
}

/**
 * The camera's end of a widget channel: a back-end for `Device.register` that behaves like a script's `CBORChannel`.
 *
 * A host's SIZE refreshes the widgets, clears the ready flag, and captures the bytes that READ returns, so that changes in
 * between never tear. Each WRITE is decoded on its own and applied completely or not at all. It throws if it is not an array of
 * maps, contains a tag, or sets a widget to a value of the wrong type. A `Device` acknowledges a write that throws, as the
 * firmware does: only `device.errors$` emits the error. As in the firmware, a record without a name or value, or for an
 * unknown widget, is ignored, and limits are not checked.
 *
 * @example
 * ```ts
 * import { Device } from 'openmv-rx/device';
 * import { NOTIFY } from 'openmv-rx/protocol';
 * import { WidgetChannel } from 'openmv-rx/widgets';
 *
 * const device = new Device();
 * const controls = new WidgetChannel([
 *   { type: 'slider', name: 'gain', value: 3, minimum: 0, maximum: 10, step: 1 },
 *   { type: 'label', name: 'temperature', value: 21.5, unit: 'Cel' },
 * ]);
 * const channel = device.register('controls', controls);
 * controls.changes$.subscribe(({ name, value }) => console.log(name, 'is now', value));
 * controls.put({ type: 'label', name: 'temperature', value: 22, unit: 'Cel' });
 * channel.sendEvent(NOTIFY);
 * ```
 */
export class WidgetChannel {
  readonly #widgets = new Map<string, Widget>();
  readonly #changes = new Subject<WidgetChange>();
  readonly #refresh: ((channel: WidgetChannel) => void) | undefined;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #ready = true;

  /** Emits each change by a host after it was applied, in order. Hot; never errors or completes. */
  readonly changes$: Observable<WidgetChange> = this.#changes.asObservable();

  /** @param widgets in display order; the last one of a name counts */
  constructor(widgets: readonly Widget[], options: WidgetChannelOptions = {}) {
    requireOptions('WidgetChannel', options, KNOWN);
    requireArgument(Array.isArray(widgets), 'a WidgetChannel takes a list of widgets', widgets);
    const { refresh } = options;
    for (const widget of widgets) this.#widgets.set(widget.name, widget);
    this.#refresh = refresh;
  }

  /** The current widgets. */
  get widgets(): readonly Widget[] {
    return [...this.#widgets.values()];
  }

  /** The current state of a widget. */
  get(name: string): Widget | undefined {
    return this.#widgets.get(name);
  }

  /** Replaces the widget of the same name, or appends the widget. The host is not notified: use `sendEvent`. */
  put(widget: Widget): void {
    this.#widgets.set(widget.name, widget);
    this.#ready = true;
  }

  poll(): boolean {
    return this.#refresh === undefined ? this.#ready : this.#widgets.size > 0;
  }

  size(): number {
    this.#refresh?.(this);
    this.#ready = false;
    this.#bytes = encodeWidgets(this.widgets);
    return this.#bytes.length;
  }

  read(offset: number, size: number): Uint8Array<ArrayBuffer> {
    this.#bytes ??= encodeWidgets(this.widgets);
    return this.#bytes.subarray(offset, offset + size);
  }

  /** @throws {OpenMVError} `MALFORMED` when this is not a list of settings, or a value has the wrong type. */
  write(_offset: number, data: Uint8Array): number {
    const settings = entriesIn(data, 'widgets').flatMap((entry) => this.#settingIn(entry));
    for (const { widget, value } of settings) this.#widgets.set(widget.name, withValue(widget, value));
    for (const { widget, value } of settings) this.#changes.next({ name: widget.name, value });
    return data.length;
  }

  #settingIn(entry: unknown): { readonly widget: Widget; readonly value: WidgetValue }[] {
    if (!(entry instanceof Map)) throw new OpenMVError('MALFORMED', `${shown(entry)} is not a widget setting`);
    const record = entry as WidgetRecord;
    const [name, value] = [record.get(Key.NAME), record.get(Key.VALUE) ?? undefined];
    const widget = typeof name === 'string' ? this.#widgets.get(name) : undefined;
    if (widget === undefined || value === undefined) return [];
    const problem = misfit(widget, value);
    if (problem !== undefined) throw new OpenMVError('MALFORMED', `${widget.type} '${widget.name}' ${problem}`);
    return [{ widget, value: value as WidgetValue }];
  }
}

function withValue(widget: Widget, value: WidgetValue): Widget {
  if (widget.type !== 'untyped' && widget.type !== 'unknown') return { ...widget, value } as Widget;
  const rest = new Map(widget.rest).set(Key.VALUE, value);
  return widget.type === 'untyped' ? { ...widget, value, rest } : { ...widget, rest };
}

const KNOWN: OptionNames<WidgetChannelOptions> = { refresh: true };

import { Subject, type Observable } from 'rxjs';
import { requireArgument, requireOptions, type OptionNames } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { Key, type WidgetRecord } from './keys.js';
import { shown } from './record-reader.js';
import { misfit } from './setting.js';
import type { Widget, WidgetValue } from './widget.js';
import { encodeWidgets, entriesIn } from './widget-list.js';

/** A host has set a widget. */
export interface WidgetChange {
  readonly name: string;
  readonly value: WidgetValue;
}

/** Options of {@link WidgetChannel}. */
export interface WidgetChannelOptions {
  /**
   * Called when a host asks how much there is to read, to `put` what has changed: the channel then always says that it is
   * ready. Default: it says so when something was `put` since it was read last.
   */
  readonly refresh?: (channel: WidgetChannel) => void;
}

/**
 * The camera's end of a widget channel, a back-end for `Device.register`: what a script's `CBORChannel` is.
 *
 * A host's SIZE refreshes it, clears its ready flag and takes the picture that READ then reads, so that what changes in
 * between tears nothing. A WRITE is decoded by itself and is all or nothing: what is not an array of maps, has a tag, or sets
 * a widget to what is not its kind of value throws. A `Device`, like the firmware, acknowledges a write that throws: the host
 * does not learn that it changed nothing, `device.errors$` does. As in the firmware a record without a name or value, or of
 * a widget that is not there, is passed over, and limits are the host's business.
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

  /** What hosts set, in the order in which they did, each when it has been applied. Hot; never ends. */
  readonly changes$: Observable<WidgetChange> = this.#changes.asObservable();

  /** @param widgets in the order in which they are shown; of two with one name the last is there */
  constructor(widgets: readonly Widget[], options: WidgetChannelOptions = {}) {
    requireOptions('WidgetChannel', options, KNOWN);
    requireArgument(Array.isArray(widgets), 'a WidgetChannel takes a list of widgets', widgets);
    const { refresh } = options;
    for (const widget of widgets) this.#widgets.set(widget.name, widget);
    this.#refresh = refresh;
  }

  /** The widgets as they are now. */
  get widgets(): readonly Widget[] {
    return [...this.#widgets.values()];
  }

  /** A widget as it is now. */
  get(name: string): Widget | undefined {
    return this.#widgets.get(name);
  }

  /** Puts a widget in the place of the one of its name, or behind the others. It does not tell the host: see `sendEvent`. */
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

  /** @throws {OpenMVError} `MALFORMED` for what is no list of settings, or none of its widget's kind. */
  write(_offset: number, data: Uint8Array): number {
    const settings = entriesIn(data, 'widgets').flatMap((entry) => this.#settingIn(entry));
    for (const { widget, value } of settings) this.#widgets.set(widget.name, withValue(widget, value));
    for (const { widget, value } of settings) this.#changes.next({ name: widget.name, value });
    return data.length;
  }

  #settingIn(entry: unknown): { readonly widget: Widget; readonly value: WidgetValue }[] {
    if (!(entry instanceof Map)) throw new OpenMVError('MALFORMED', `${shown(entry)} is no setting of a widget`);
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

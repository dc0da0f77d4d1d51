import {
  defer,
  distinctUntilChanged,
  finalize,
  map,
  of,
  ReplaySubject,
  share,
  switchMap,
  tap,
  type Observable,
} from 'rxjs';
import { hasMethods, requireArgument } from '../arguments.js';
import { isOpenMVError } from '../errors.js';
import { sameBytes } from '../wire/bytes.js';
import type { Codec } from './cbor.js';
import { malformed } from './decode-widget.js';
import { requireButton, requireSettable, widgetNamed } from './setting.js';
import { SettingQueue } from './setting-queue.js';
import { decodeWidgets } from './widget-list.js';
import type { Widget, WidgetValue } from './widget.js';

/** The part of a `Camera` that `widgets` uses. */
export interface WidgetCamera {
  channel(name: string, codec: Codec<Uint8Array>): WidgetBytes;
  info(): Observable<{ readonly maxWriteBytes: number }>;
}

/** The part of a `Channel` that `widgets` uses. */
export interface WidgetBytes {
  readonly value$: Observable<Uint8Array<ArrayBuffer>>;
  read(): Observable<Uint8Array<ArrayBuffer>>;
  write(value: Uint8Array, options: { readonly atLeastOnce: boolean }): Observable<unknown>;
}

/** The widgets of a channel. */
export interface Widgets {
  /**
   * Emits all widgets at once, and again after each change. It reads the channel after each of its events; a channel without
   * events is read once per second. Unchanged bytes are not emitted again. A value that `set` has written appears when the
   * camera reports it. Hot and shared: there is one reader for all subscribers, and none without any.
   *
   * An invalid entry is a widget of type `malformed` with the reason. If the channel holds no list of widgets, that is emitted
   * as one such widget. Never completes; errors as the channel's `value$` does. Holds the last list.
   */
  readonly widgets$: Observable<readonly Widget[]>;

  /**
   * Sets a toggle, slider, spinbox, select, radio or lineedit, or a widget of an unknown type.
   *
   * Cold. Emits `undefined` and completes when the camera has acknowledged the value, or a later value of the same widget that
   * replaced it in the queue. There is one write at a time. Settings that arrive meanwhile go into the next write, or into
   * several if they do not fit. Unsubscribing removes an unsent value. A value whose acknowledgement was lost is written again.
   *
   * The value is checked against the current widgets, which are read if `widgets$` has no subscriber. Errors with
   * `INVALID_ARGUMENT` and the name of the widget if there is no such widget, it cannot be set, or the value has the wrong type,
   * is out of range, between two steps or not one of the options; with `TOO_LARGE` if the value does not fit a write; with `QUEUE_FULL` when 1024
   * settings wait; with `MALFORMED` if the channel holds no list of widgets; and as the channel's `read()` and `write()` do.
   */
  set(name: string, value: WidgetValue): Observable<void>;

  /**
   * Clicks a pushbutton. Cold. Emits `undefined` and completes when the camera has acknowledged the click. Each click is written
   * once and alone, after the settings before it. Errors as `set` does, and with `OUTCOME_UNKNOWN` when the acknowledgement
   * was lost.
   */
  click(name: string): Observable<void>;
}

/**
 * Reads and sets the widgets of a channel that the camera's script made with `CBORChannel`, or encodes like it.
 *
 * @param camera a `Camera`
 * @param name the name of the channel, which may not exist yet
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { serialPort } from 'openmv-rx/serialport';
 * import { widgets } from 'openmv-rx/widgets';
 *
 * const controls = widgets(new Camera(serialPort('/dev/ttyACM0')), 'controls');
 * controls.widgets$.subscribe((all) => {
 *   for (const widget of all) {
 *     if (widget.type === 'slider') console.log(widget.name, widget.value, widget.minimum, widget.maximum);
 *     if (widget.type === 'malformed') console.error(widget.error.message);
 *   }
 * });
 * controls.set('exposure', 12.5).subscribe({ complete: () => console.log('the camera has it'), error: console.error });
 * ```
 */
export function widgets(camera: WidgetCamera, name: string): Widgets {
  requireArgument(hasMethods(camera, 'channel', 'info'), 'widgets takes a Camera', camera);
  const channel = camera.channel(name, UNCHANGED);
  /** The last valid list, while `widgets$` has subscribers. */
  let present: readonly Widget[] | undefined;

  const widgets$ = channel.value$.pipe(
    distinctUntilChanged(sameBytes),
    map((bytes): readonly Widget[] => {
      try {
        return (present = decodeWidgets(bytes, name));
      } catch (error) {
        if (!isOpenMVError(error)) throw error;
        return [malformed('', bytes, error.message)];
      }
    }),
    finalize(() => (present = undefined)),
    share({ connector: () => new ReplaySubject<readonly Widget[]>(1) }),
  );
  const read$ = channel.read().pipe(
    map((bytes) => decodeWidgets(bytes, name)),
    share(),
  );
  const queue = new SettingQueue(
    {
      limit$: camera.info().pipe(map(({ maxWriteBytes }) => maxWriteBytes)),
      write: (records, options) => channel.write(records, options),
    },
    name,
  );
  const checked = (widget: string, check: (widget: Widget) => void): Observable<Widget> =>
    defer(() => (present === undefined ? read$ : of(present))).pipe(
      map((all) => widgetNamed(all, widget, name)),
      tap(check),
    );
  return {
    widgets$,
    set: (widget, value) =>
      checked(widget, (one) => requireSettable(one, value, name)).pipe(
        switchMap(() => queue.enqueue({ kind: 'value', name: widget, value })),
      ),
    click: (widget) =>
      checked(widget, (one) => requireButton(one, name)).pipe(
        switchMap(() => queue.enqueue({ kind: 'click', name: widget, value: true })),
      ),
  };
}

/** A codec without `cut`, because a write must contain whole records. */
const UNCHANGED: Codec<Uint8Array> = { decode: (bytes) => bytes, encode: (bytes) => bytes };

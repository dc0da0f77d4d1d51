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
import type { Codec } from './codec.js';
import { malformed } from './decode-widget.js';
import { requireButton, requireSettable, widgetNamed } from './setting.js';
import { SettingQueue } from './setting-queue.js';
import { decodeWidgets } from './widget-list.js';
import type { Widget, WidgetValue } from './widget.js';
import { sameBytes } from '../wire/bytes.js';

/** What `widgets` needs of a `Camera`. */
export interface WidgetCamera {
  channel(name: string, codec: Codec<Uint8Array>): WidgetBytes;
  info(): Observable<{ readonly maxWriteBytes: number }>;
}

/** What it needs of a `Channel`. */
export interface WidgetBytes {
  readonly value$: Observable<Uint8Array<ArrayBuffer>>;
  read(): Observable<Uint8Array<ArrayBuffer>>;
  write(value: Uint8Array, options: { readonly atLeastOnce: boolean }): Observable<unknown>;
}

/** A channel of widgets. */
export interface Widgets {
  /**
   * What the camera shows: the present set at once, then again after each change, an event of the channel or, where it has
   * none, a look at it once a second. A reading of the same bytes is not emitted again. A set that was set by `set` changes
   * when the camera says so. Hot and shared: one reader however many subscribe, nothing is read while nobody does.
   *
   * What is no widget is one of type `malformed` that says why; so is a channel that holds no list of widgets, as a set of
   * that one, and the next reading is a new one. Never completes; errors as the channel's `value$` does. Holds one set.
   */
  readonly widgets$: Observable<readonly Widget[]>;

  /**
   * Sets a widget: a toggle, a slider or spinbox, a select or radio, a lineedit, and what this library does not know.
   *
   * Cold; emits `undefined` and completes when the camera has acknowledged the value, or a later one of the same widget, in whose favour one that
   * still waited is dropped. Never more than one write is under way; what is set meanwhile goes in the next, or in several
   * where that is more than the camera takes, cut between widgets. Unsubscribing removes what is not yet sent. A value
   * whose acknowledgement was lost is written again, which does no harm.
   *
   * The value is checked against the present set, which is read where nobody subscribes to `widgets$`: errors with
   * `INVALID_ARGUMENT` that names the widget when there is none of that name, it only shows something, the value is of the
   * wrong kind, out of range, off the steps or no option. Also errors with `TOO_LARGE` when a value does not fit in a write,
   * `QUEUE_FULL` when 1024 settings wait, `MALFORMED` when what was read is no list of widgets, and as the channel's `read()`
   * and `write()` do.
   */
  set(name: string, value: WidgetValue): Observable<void>;

  /**
   * Clicks a pushbutton. Cold; emits `undefined` and completes when the camera has acknowledged it. Each click is written once, by itself and in
   * its place among what is set: a slider that was set before is set when the button is clicked. Errors as `set` does, and
   * with `OUTCOME_UNKNOWN` when the acknowledgement was lost.
   */
  click(name: string): Observable<void>;
}

/**
 * The widgets of a channel that the camera's script made with `CBORChannel`, or writes in its form.
 *
 * @param camera a `Camera`
 * @param name of the channel, which need not be there yet
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
  const channel = camera.channel(name, AS_THEY_ARE);
  /** The last good set, while there are subscribers for whom it is kept up to date. */
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

/** Without a way to cut it: a write is whole records, or none. */
const AS_THEY_ARE: Codec<Uint8Array> = { decode: (bytes) => bytes, encode: (bytes) => bytes };

import type { Command } from 'commander';
import {
  catchError,
  concatMap,
  defer,
  EMPTY,
  filter,
  ignoreElements,
  map,
  merge,
  type Observable,
  take,
  takeUntil,
  takeWhile,
  tap,
} from 'rxjs';
import { isOpenMVError } from '../../errors.js';
import { type Camera, lines } from '../../index.js';
import { type LayoutArgument, layoutArgument, type Printable, recordLine } from '../arguments/layout.js';
import { wholeNumber } from '../arguments/usage.js';
import { cameraCommand, type CameraCommandOptions, withCamera } from '../camera-command.js';
import { orInterrupted } from '../output/interruption.js';
import { lineOf, shownBytes } from '../output/text.js';
import { failWhenSilent } from '../liveness.js';

/** One line of `watch`: the number of an event, or a value. */
export type WatchEntry =
  | { readonly event: number }
  | { readonly text: string }
  | { readonly base64: string }
  | { readonly values: readonly Printable[] };

/** Options of {@link watchEntries}. */
export interface WatchSettings {
  /** The layout of the channel's records. Each record is a value. */
  readonly layout?: LayoutArgument;
  /**
   * Ends after so many values: lines of `stdout`, records if there is a layout, otherwise reads of the channel. Events
   * count only if the channel can't be read, and so has no values.
   */
  readonly count?: number;
}

/** Emits the events and values of a channel as they arrive. For `stdout` it emits the text as it arrives, or lines if there is a count. */
export function watchEntries(camera: Camera, name: string, { layout, count }: WatchSettings): Observable<WatchEntry> {
  if (name === 'stdout') {
    if (count === undefined) return camera.stdout$.pipe(map((text) => ({ text })));
    return camera.stdout$.pipe(
      lines(),
      map((line) => ({ text: `${line}\n` })),
      takeWhile((_, index) => index + 1 < count, true),
    );
  }
  return defer(() => {
    const channel = camera.channel(name);
    let isReadable = true;
    let left = count ?? Infinity;
    const values$ = channel.value$.pipe(
      concatMap((bytes): readonly WatchEntry[] =>
        layout === undefined
          ? [shownBytes(bytes, 'fitting')]
          : layout.records(bytes, name).map((values) => ({ values })),
      ),
      catchError((error: unknown) => {
        if (!isOpenMVError(error, 'NOT_READABLE')) throw error;
        isReadable = false;
        return EMPTY;
      }),
    );
    const events$ = channel.events$.pipe(map(({ event }): WatchEntry => ({ event })));
    const isCounted = (entry: WatchEntry): boolean => !('event' in entry) || !isReadable;
    return merge(events$, values$).pipe(takeWhile((one) => !(isCounted(one) && --left === 0), true));
  });
}

/** Shows an entry as a line for people. */
export function entryLine(name: string, entry: WatchEntry): string {
  if ('event' in entry) return `${name}: event ${entry.event}`;
  return `${name}: ${'values' in entry ? recordLine(entry.values) : lineOf(entry)}`;
}

interface WatchOptions extends CameraCommandOptions, WatchSettings {}

/** `watch NAME`: shows the events and values of a channel as they arrive. */
export function addWatch(program: Command): void {
  cameraCommand(
    program,
    'watch <name>',
    'show events and values of a channel as they arrive, or the text of stdout',
    'openmv-rx watch stdout --virtual --count 2',
  )
    .option('--count <n>', 'stop after this many values: lines of stdout, or records with --layout', wholeNumber(1))
    .option(
      '--layout <letters>',
      "show records as numbers, with a layout in the letters of Python's struct",
      layoutArgument,
    )
    .action((name: string, options: WatchOptions) =>
      withCamera(options, ({ camera, output, stop$, timeoutMs }) =>
        merge(watchEntries(camera, name, options), waitingNote(camera, name)).pipe(
          failWhenSilent(camera, timeoutMs),
          options.count === undefined ? takeUntil(stop$) : orInterrupted(stop$),
          tap((entry) => {
            if ('text' in entry && name === 'stdout' && !output.json) output.raw(entry.text);
            else output.write({ name, ...entry }, entryLine(name, entry));
          }),
        ),
      ),
    );
}

/** Notes that the channel does not exist yet: a script may register it later. */
function waitingNote(camera: Camera, name: string): Observable<never> {
  return camera.channels$.pipe(
    take(1),
    filter((channels) => !channels.some((channel) => channel.name === name)),
    tap((channels) => {
      const there = channels.map((channel) => channel.name).join(', ');
      process.stderr.write(`openmv-rx: waiting for channel '${name}'; the camera has ${there}\n`);
    }),
    ignoreElements(),
  );
}

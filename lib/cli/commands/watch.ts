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
import { lineOf, shownBytes } from '../output/shown-bytes.js';
import { whileAnswering } from '../while-answering.js';

/** One line of `watch`: the number of an event, or a value. */
export type Happening =
  | { readonly event: number }
  | { readonly text: string }
  | { readonly base64: string }
  | { readonly values: readonly Printable[] };

/** Options of watching one channel. */
export interface WatchSettings {
  /** The layout of the channel's records. Each of them is a value of its own. */
  readonly layout?: LayoutArgument;
  /**
   * Ends it after so many values: lines of `stdout`, records where there is a layout, and readings of other channels. Events
   * are not counted, unless the channel can't be read, so that it has nothing else.
   */
  readonly count?: number;
}

/** The events and values of a channel as they come. Of `stdout` it is the text: as it comes, or with a count its lines. */
export function happenings(camera: Camera, name: string, { layout, count }: WatchSettings): Observable<Happening> {
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
      concatMap((bytes): readonly Happening[] =>
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
    const events$ = channel.events$.pipe(map(({ event }): Happening => ({ event })));
    const isCounted = (happening: Happening): boolean => !('event' in happening) || !isReadable;
    return merge(events$, values$).pipe(takeWhile((one) => !(isCounted(one) && --left === 0), true));
  });
}

/** The same as a line for people. */
export function happeningLine(name: string, happening: Happening): string {
  if ('event' in happening) return `${name}: event ${happening.event}`;
  return `${name}: ${'values' in happening ? recordLine(happening.values) : lineOf(happening)}`;
}

interface WatchOptions extends CameraCommandOptions, WatchSettings {}

/** `watch NAME`: what a channel says, as it comes. */
export function addWatch(program: Command): void {
  cameraCommand(
    program,
    'watch <name>',
    'show what a channel says as it comes: stdout its text, others events and values',
    'openmv-rx watch stdout --virtual --count 2',
  )
    .option('--count <n>', 'end after this many values: lines of stdout, records of a layout', wholeNumber(1))
    .option('--layout <letters>', "show records as numbers, by the letters of Python's struct", layoutArgument)
    .action((name: string, options: WatchOptions) =>
      withCamera(options, ({ camera, output, stop$, timeoutMs }) =>
        merge(happenings(camera, name, options), waitingNote(camera, name)).pipe(
          whileAnswering(camera, timeoutMs),
          options.count === undefined ? takeUntil(stop$) : orInterrupted(stop$),
          tap((happening) => {
            if ('text' in happening && name === 'stdout' && !output.json) output.raw(happening.text);
            else output.write({ name, ...happening }, happeningLine(name, happening));
          }),
        ),
      ),
    );
}

/** A channel may come with a script that is yet to run; who waits for one that is not there shall know that. */
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

import type { Command } from 'commander';
import { catchError, EMPTY, filter, ignoreElements, map, merge, type Observable, take, takeUntil, tap } from 'rxjs';
import { isOpenMVError } from '../../errors.js';
import type { Camera } from '../../index.js';
import { cameraCommand, type CameraCommandOptions, withCamera } from '../camera-command.js';
import { orInterrupted } from '../interruption.js';
import { lineOf, shownBytes } from '../shown-bytes.js';
import { wholeNumber } from '../usage.js';
import { whileAnswering } from '../while-answering.js';

interface WatchOptions extends CameraCommandOptions {
  readonly count?: number;
}

/** `watch NAME`: what a channel says, as it comes. */
export function addWatch(program: Command): void {
  cameraCommand(
    program,
    'watch <name>',
    'show what a channel says as it comes: stdout its text, others events and values',
    'openmv-rx watch stdout --virtual --count 2',
  )
    .option('--count <n>', 'end after this many', wholeNumber(1))
    .action((name: string, { count, ...options }: WatchOptions) =>
      withCamera(options, ({ camera, output, stop$, timeoutMs }) =>
        merge(happenings(camera, name), waitingNote(camera, name)).pipe(
          whileAnswering(camera, timeoutMs),
          count === undefined ? takeUntil(stop$) : (source) => source.pipe(take(count), orInterrupted(stop$)),
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

/** What `watch` tells: an event's number, or a value. */
export type Happening = { readonly event: number } | { readonly text: string } | { readonly base64: string };

function happenings(camera: Camera, name: string): Observable<Happening> {
  if (name === 'stdout') return camera.stdout$.pipe(map((text) => ({ text })));
  const channel = camera.channel(name);
  return merge(
    channel.events$.pipe(map(({ event }) => ({ event }))),
    channel.value$.pipe(
      map((bytes) => shownBytes(bytes, 'fitting')),
      // A channel that can't be read still has events.
      catchError((error: unknown) => {
        if (isOpenMVError(error, 'NOT_READABLE')) return EMPTY;
        throw error;
      }),
    ),
  );
}

export function happeningLine(name: string, happening: Happening): string {
  return 'event' in happening ? `${name}: event ${happening.event}` : `${name}: ${lineOf(happening)}`;
}

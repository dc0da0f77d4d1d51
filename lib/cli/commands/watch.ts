import type { Command } from 'commander';
import { filter, ignoreElements, merge, type Observable, take, takeUntil, tap } from 'rxjs';
import type { Camera } from '../../index.js';
import { cameraCommand, type CameraCommandOptions, withCamera } from '../camera-command.js';
import { happeningLine, happenings, type WatchSettings } from '../happenings.js';
import { orInterrupted } from '../interruption.js';
import { layoutArgument } from '../layout-argument.js';
import { wholeNumber } from '../usage.js';
import { whileAnswering } from '../while-answering.js';

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

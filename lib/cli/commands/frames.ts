import type { Command } from 'commander';
import { concat, defer, finalize, ignoreElements, take, takeUntil, tap, throwError, timeout } from 'rxjs';
import { OpenMVError } from '../../errors.js';
import { cameraCommand, type CameraCommandOptions, rawOption, withCamera } from '../camera-command.js';
import { counted } from '../counted.js';
import { FrameFiles } from '../frame-files.js';
import { FrameTally } from '../frame-tally.js';
import { orInterrupted } from '../interruption.js';
import { ProgressLine } from '../progress-line.js';
import { wholeNumber } from '../usage.js';
import { whileAnswering } from '../while-answering.js';

interface FramesOptions extends CameraCommandOptions {
  readonly count?: number;
  readonly output?: string;
  readonly overwrite?: true;
}

/** The first frame may come later than the opening fails, because the error of the opening says more. */
const BEHIND_OPENING_MS = 1000;

/** `frames`: saves what the camera sees, or tells of it. */
export function addFrames(program: Command): void {
  cameraCommand(
    program,
    'frames',
    'save frames to files, or count them',
    'openmv-rx frames --virtual --count 10 --output pictures --overwrite',
  )
    .addOption(rawOption())
    .option('--count <n>', 'end after this many; default: with Ctrl-C', wholeNumber(1))
    .option('--output <folder>', 'save each as a file of this folder')
    .option('--overwrite', 'replace files that are there already')
    .action(({ count, output: folder, overwrite, ...options }: FramesOptions) =>
      withCamera(options, ({ camera, output, stop$, timeoutMs }) => {
        const files = folder === undefined ? undefined : new FrameFiles(folder, overwrite === true);
        const tally = new FrameTally();
        const line = new ProgressLine(output.json);
        const frames$ = camera.frames$.pipe(
          timeout({ first: timeoutMs + BEHIND_OPENING_MS, with: () => throwError(noFrames) }),
          whileAnswering(camera, timeoutMs),
          count === undefined ? takeUntil(stop$) : (source) => source.pipe(take(count), orInterrupted(stop$)),
          tap((frame) => {
            const number = tally.add(frame);
            const { width, height, format, data } = frame;
            const file = files?.save(number, frame);
            if (output.isTerminal) line.end();
            output.write(
              { frame: number, width, height, format, bytes: data.length, ...(file !== undefined && { file }) },
              `${file ?? `frame ${number}`}  ${width}x${height} ${format}  ${counted(data.length, 'byte')}`,
            );
            if (count !== undefined) line.show(`${number} of ${counted(count, 'frame')}`, number / count);
          }),
          finalize(() => line.end()),
        );
        const summary$ = defer(() => {
          const summary = tally.summary();
          output.write(
            summary,
            `${counted(summary.frames, 'frame')}, ${counted(summary.bytes, 'byte')} in ${summary.seconds} s: ${summary.framesPerSecond} fps`,
          );
          return [];
        });
        return concat(frames$.pipe(ignoreElements()), summary$);
      }),
    );
}

function noFrames(): OpenMVError {
  return new OpenMVError('TIMEOUT', 'the camera had no frame: does a script run on it that takes pictures?');
}

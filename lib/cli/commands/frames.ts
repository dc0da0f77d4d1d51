import type { Command } from 'commander';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { concat, defer, finalize, ignoreElements, take, takeUntil, tap, throwError, timeout } from 'rxjs';
import { OpenMVError } from '../../errors.js';
import type { Frame } from '../../index.js';
import { makeFolder } from '../../recording/export/export-frames.js';
import { fileError } from '../../recording/record/file-error.js';
import { wholeNumber } from '../arguments/usage.js';
import { cameraCommand, type CameraCommandOptions, rawOption, withCamera } from '../camera-command.js';
import { withAdvice } from '../output/failure.js';
import { orInterrupted } from '../output/interruption.js';
import { ProgressLine } from '../output/progress-line.js';
import { counted } from '../output/text.js';
import { failWhenSilent } from '../liveness.js';

/** Saves frames as `frame-000001.jpg` and so on in a folder. Creates the folder if it does not exist. */
export class FrameFiles {
  readonly #folder: string;
  readonly #overwrite: boolean;

  constructor(folder: string, overwrite: boolean) {
    this.#folder = folder;
    this.#overwrite = overwrite;
    try {
      makeFolder(folder);
    } catch (cause) {
      const { code, message } = fileError(cause, folder, 'written');
      throw new OpenMVError(code, withAdvice(message, 'use another folder'), { cause });
    }
  }

  /** Writes the frame before it returns, so the next one is requested when this one is safe. Returns the file's path. */
  save(number: number, frame: Pick<Frame, 'format' | 'data'>): string {
    const path = join(this.#folder, frameFileName(number, frame.format));
    try {
      writeFileSync(path, frame.data, { flag: this.#overwrite ? 'w' : 'wx' });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        // A full disk may have stored a part of it.
        if (statSync(path, { throwIfNoEntry: false })?.isFile()) rmSync(path, { force: true });
        throw fileError(cause, path, 'written');
      }
      const message = `${path} already exists: use another folder or --overwrite`;
      throw new OpenMVError('INVALID_ARGUMENT', message, { cause });
    }
    return path;
  }
}

/** Compressed formats have their usual extension, pixels the name of their format. */
export function frameFileName(number: number, format: string): string {
  return `frame-${String(number).padStart(6, '0')}.${format === 'jpeg' ? 'jpg' : format}`;
}

/** Counts frames. The rate is measured from the first to the last, without the time the camera takes to start. */
export class FrameTally {
  #frames = 0;
  #bytes = 0;
  #first = 0;
  #last = 0;

  /** Returns the frame's number, from 1. */
  add({ data, receivedAt }: Pick<Frame, 'data' | 'receivedAt'>): number {
    if (this.#frames === 0) this.#first = receivedAt;
    this.#last = receivedAt;
    this.#bytes += data.length;
    return ++this.#frames;
  }

  summary(): { frames: number; bytes: number; seconds: number; framesPerSecond: number } {
    const seconds = (this.#last - this.#first) / 1000;
    const framesPerSecond = seconds > 0 ? Math.round(((this.#frames - 1) / seconds) * 10) / 10 : 0;
    return { frames: this.#frames, bytes: this.#bytes, seconds: Math.round(seconds * 1000) / 1000, framesPerSecond };
  }
}

interface FramesOptions extends CameraCommandOptions {
  readonly count?: number;
  readonly output?: string;
  readonly overwrite?: true;
}

/** The timeout of the first frame is longer than that of the opening, because the error of the opening says more. */
const BEHIND_OPENING_MS = 1000;

/** `frames`: saves or counts frames. */
export function addFrames(program: Command): void {
  cameraCommand(
    program,
    'frames',
    'save frames to files, or count them',
    'openmv-rx frames --virtual --count 10 --output pictures --overwrite',
  )
    .addOption(rawOption())
    .option('--count <n>', 'stop after this many frames (default: at Ctrl-C)', wholeNumber(1))
    .option('--output <folder>', 'save each frame as a file in this folder')
    .option('--overwrite', 'replace existing files')
    .action(({ count, output: folder, overwrite, ...options }: FramesOptions) =>
      withCamera(options, ({ camera, output, stop$, timeoutMs }) => {
        const files = folder === undefined ? undefined : new FrameFiles(folder, overwrite === true);
        const tally = new FrameTally();
        const line = new ProgressLine(output.json);
        const frames$ = camera.frames$.pipe(
          timeout({ first: timeoutMs + BEHIND_OPENING_MS, with: () => throwError(noFrames) }),
          failWhenSilent(camera, timeoutMs),
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
  return new OpenMVError('TIMEOUT', 'the camera sent no frame: is a script capturing frames?');
}

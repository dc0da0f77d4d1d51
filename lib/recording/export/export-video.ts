import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { from, Observable } from 'rxjs';
import { type OptionNames, requireFlag, requireOptions, requirePath, requireArgument } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import type { Frame } from '../../frames/frame.js';
import { toRgba } from '../../frames/to-rgba.js';
import { openToRead } from '../read/readable-file.js';
import { Source } from './export-file.js';
import { PartFile } from './part-file.js';

/** ffmpeg replaces this with a number. */
const PATTERN = /%\d*d/;

/** Options of `exportVideo`. */
export interface ExportVideoOptions {
  /** The video's pictures per second. Each shows the frame of its time. Default 30. */
  readonly framesPerSecond?: number;
  /** Overwrites an existing file. Default `false`. */
  readonly overwrite?: boolean;
  /** The ffmpeg program. Default `'ffmpeg'`, searched in the PATH. */
  readonly ffmpeg?: string;
}

/** The progress of a video export. */
export interface ExportVideoProgress {
  /** The number of frames read from the recording. */
  readonly frames: number;
  /** The seconds of video passed to ffmpeg. */
  readonly seconds: number;
}

/**
 * Makes a video from a recording's frames with ffmpeg, which must be installed. The extension of the file selects the format. The
 * video plays in the recording's own time, including pauses.
 *
 * Cold. Emits its progress after each frame, and completes when the video exists. Unsubscribing ends ffmpeg and leaves no file.
 * Holds one frame.
 *
 * Errors as `readRecording` does, after making a video of the readable part. It errors without a file with `FILE_EXISTS`; with
 * `FILE_UNAVAILABLE` and ffmpeg's message if ffmpeg is missing or fails; and with `MALFORMED` if there is no frame, or frames change
 * their size or format. `exportFrames` exports such recordings.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` that names the argument; also for a file name with `%d`, because ffmpeg would write many
 * files. `exportFrames` writes pictures.
 *
 * @example
 * ```ts
 * import { exportVideo } from 'openmv-rx/recording';
 *
 * exportVideo('flight.mcap', 'flight.mp4').subscribe({ complete: () => console.log('done') });
 * ```
 */
export function exportVideo(
  recording: string,
  video: string,
  options: ExportVideoOptions = {},
): Observable<ExportVideoProgress> {
  requireOptions('exportVideo', options, KNOWN);
  const { framesPerSecond = 30, overwrite = false, ffmpeg = 'ffmpeg' } = options;
  requirePath('recording', recording);
  requirePath('video', video);
  requirePath('ffmpeg', ffmpeg);
  requireFlag('overwrite', overwrite);
  const isRate = typeof framesPerSecond === 'number' && framesPerSecond > 0 && framesPerSecond < Infinity;
  requireArgument(isRate, 'framesPerSecond must be a number above 0', framesPerSecond);
  if (PATTERN.test(video)) {
    const words = `${video} is a pattern for many files, but a video is one file: choose another name, or export the frames as files`;
    throw new OpenMVError('INVALID_ARGUMENT', words);
  }
  return new Observable((subscriber) => {
    const source = new Source(recording, () => subscriber.closed);
    return from(exporting(source, video, { framesPerSecond, overwrite, ffmpeg })).subscribe(subscriber);
  });
}

async function* exporting(
  source: Source,
  video: string,
  { framesPerSecond, overwrite, ffmpeg }: Required<ExportVideoOptions>,
): AsyncGenerator<ExportVideoProgress> {
  const part = await PartFile.of(video, overwrite);
  let shown: { readonly frame: Frame; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;
  let encoder: FfmpegProcess | undefined;
  let beganAt = 0;
  let pictures = 0;
  let frames = 0;
  try {
    for await (const entry of source.entries(openToRead)) {
      if (entry.kind !== 'frame') continue;
      const { frame, at } = entry;
      if (shown === undefined) beganAt = at;
      else requireSame(shown.frame, frame);
      encoder ??= new FfmpegProcess(ffmpeg, inputOf(frame, framesPerSecond), part.path, video);
      // Show the previous frame until the time of this one.
      for (const due = ((at - beganAt) / 1000) * framesPerSecond; shown && pictures < due; pictures++) {
        await encoder.write(shown.bytes);
      }
      shown = { frame, bytes: pictureBytes(frame) };
      yield { frames: ++frames, seconds: pictures / framesPerSecond };
    }
    if (encoder === undefined || shown === undefined) throw source.nothing('has no frames for a video');
    await encoder.write(shown.bytes);
    await encoder.finished();
    source.requireWanted();
    await part.finish();
  } finally {
    await encoder?.kill();
    await part.discard();
  }
  if (source.damage) throw source.damage;
}

function requireSame(before: Frame, { width, height, format, index }: Frame): void {
  if (before.width === width && before.height === height && before.format === format) return;
  throw new OpenMVError(
    'MALFORMED',
    `frame ${index} is ${width} × ${height} ${format} after ${before.width} × ${before.height} ${before.format}, but a video has one size: export the frames as files`,
  );
}

function inputOf({ format, width, height }: Frame, framesPerSecond: number): readonly string[] {
  const rate = ['-framerate', String(framesPerSecond)];
  if (format === 'jpeg') return ['-f', 'image2pipe', ...rate, '-c:v', 'mjpeg'];
  if (format === 'png') return ['-f', 'image2pipe', ...rate, '-c:v', 'png'];
  return ['-f', 'rawvideo', '-pix_fmt', 'rgba', '-video_size', `${width}x${height}`, ...rate];
}

function pictureBytes(frame: Frame): Uint8Array<ArrayBuffer> {
  return frame.format === 'jpeg' || frame.format === 'png' ? frame.data : new Uint8Array(toRgba(frame).buffer);
}

const KNOWN: OptionNames<ExportVideoOptions> = { framesPerSecond: true, overwrite: true, ffmpeg: true };

/** Players need an even width and height, and this pixel format. */
const OUTPUT = ['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2', '-pix_fmt', 'yuv420p'];
const COMPLAINT_CHARACTERS = 2000;

/** An ffmpeg process that reads pictures from its standard input. */
class FfmpegProcess {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  #complaint = '';

  /** @param output a file that ffmpeg may overwrite */
  constructor(program: string, input: readonly string[], output: string, name: string) {
    const words = ['-y', '-loglevel', 'error', ...input, '-i', '-', ...OUTPUT];
    // ffmpeg can't mistake an absolute path for an option or a URL.
    this.#process = spawn(program, [...words, resolve(output)]);
    this.#ended = new Promise((ended, reject) => {
      this.#process.once('error', (cause) => reject(notStarted(program, cause)));
      this.#process.once('close', (code) => {
        if (code === 0) ended();
        else reject(new OpenMVError('FILE_UNAVAILABLE', `${name} can't be made: ffmpeg says ${this.#reason(code)}`));
      });
    });
    // `write` and `finished` report the error.
    this.#ended.catch(() => undefined);
    this.#process.stderr.on('data', (text) => {
      this.#complaint = (this.#complaint + String(text)).slice(-COMPLAINT_CHARACTERS);
    });
    this.#process.stdin.on('error', () => undefined);
  }

  /** Resolves when more may be written; rejects when the process has ended. */
  async write(bytes: Uint8Array): Promise<void> {
    const { stdin } = this.#process;
    const taken = new Promise<void>((written, reject) => {
      stdin.write(bytes, (error) => (error ? reject(error) : written()));
    });
    await Promise.race([taken.catch(() => this.#ended), this.#ended]);
  }

  /** Resolves when the video is complete. */
  async finished(): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
  }

  /** Resolves when the process has ended. */
  async kill(): Promise<void> {
    this.#process.kill();
    await this.#ended.catch(() => undefined);
  }

  #reason(code: number | null): string {
    const lines = this.#complaint.trim().split('\n');
    return lines.at(-1) ?? `nothing, and ended with ${code}`;
  }
}

function notStarted(program: string, cause: NodeJS.ErrnoException): OpenMVError {
  const why = cause.code === 'ENOENT' ? 'is not installed: apt install ffmpeg, or brew install ffmpeg' : cause.message;
  return new OpenMVError('FILE_UNAVAILABLE', `a video needs the program ffmpeg, but ${program} ${why}`, { cause });
}

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { from, Observable } from 'rxjs';
import { type OptionNames, requireFlag, requireOptions, requirePath } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import type { Frame } from '../../frames/frame.js';
import { toRgba } from '../../frames/to-rgba.js';
import { openToRead } from '../read/readable-file.js';
import { Source } from './export-file.js';
import { PartFile } from './part-file.js';

/** What ffmpeg puts numbers in. */
const PATTERN = /%\d*d/;

/** How a video is made. */
export interface ExportVideoOptions {
  /** Pictures a second of the video, each of which shows the frame of that moment. Default 30. */
  readonly framesPerSecond?: number;
  /** Overwrites a file that is there. Default `false`. */
  readonly overwrite?: boolean;
  /** The program. Default `'ffmpeg'`, found as the system finds programs. */
  readonly ffmpeg?: string;
}

/** How far a video is. */
export interface ExportVideoProgress {
  /** Frames of the recording that have been read. */
  readonly frames: number;
  /** Seconds of video that have been handed over. */
  readonly seconds: number;
}

/**
 * Makes a video of a recording's frames with ffmpeg, which has to be installed. The file's ending says of which kind; it plays
 * in the recording's own time, pauses included.
 *
 * Cold. Emits how far it is behind each frame and completes when the video is there. Unsubscribing ends ffmpeg and leaves no file. Holds one frame.
 *
 * Errors as `readRecording` does, when the video of what can be read is there. It leaves no file when it errors with `FILE_EXISTS`; with `FILE_UNAVAILABLE` where
 * there is no ffmpeg or it fails, and with what it says; with `MALFORMED` where there is no frame, or frames change their size or their format:
 * `exportFrames` takes those.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` that names the argument; also for a name with a `%d` in it, of which ffmpeg makes
 * many: `exportFrames` writes pictures.
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
  if (!(typeof framesPerSecond === 'number' && framesPerSecond > 0 && framesPerSecond < Infinity)) {
    throw new OpenMVError('INVALID_ARGUMENT', `framesPerSecond must be above 0, not ${framesPerSecond}`);
  }
  if (PATTERN.test(video)) {
    const words = `${video} is a pattern for many files, and a video is one: take another name, or export the frames as files`;
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
      // The frame before was to be seen until now.
      for (const due = ((at - beganAt) / 1000) * framesPerSecond; shown && pictures < due; pictures++) {
        await encoder.write(shown.bytes);
      }
      shown = { frame, bytes: pictureBytes(frame) };
      yield { frames: ++frames, seconds: pictures / framesPerSecond };
    }
    if (encoder === undefined || shown === undefined) throw source.nothing('has no frame that a video could show');
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
    `frame ${index} is ${width} × ${height} ${format} behind ${before.width} × ${before.height} ${before.format}: a video has one size; export the frames as files`,
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

/** Players want an even width and height, and this way of pixels. */
const OUTPUT = ['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2', '-pix_fmt', 'yuv420p'];
const COMPLAINT_CHARACTERS = 2000;

/** An ffmpeg that is given pictures, one after another. */
class FfmpegProcess {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  #complaint = '';

  /** @param output a file of which nothing is kept */
  constructor(program: string, input: readonly string[], output: string, name: string) {
    const words = ['-y', '-loglevel', 'error', ...input, '-i', '-', ...OUTPUT];
    // In full, it can't be taken for an option or an address.
    this.#process = spawn(program, [...words, resolve(output)]);
    this.#ended = new Promise((ended, reject) => {
      this.#process.once('error', (cause) => reject(notStarted(program, cause)));
      this.#process.once('close', (code) => {
        if (code === 0) ended();
        else reject(new OpenMVError('FILE_UNAVAILABLE', `${name} can't be made: ffmpeg says ${this.#reason(code)}`));
      });
    });
    // Who writes or waits hears of it.
    this.#ended.catch(() => undefined);
    this.#process.stderr.on('data', (text) => {
      this.#complaint = (this.#complaint + String(text)).slice(-COMPLAINT_CHARACTERS);
    });
    this.#process.stdin.on('error', () => undefined);
  }

  /** Resolves when it may be given more; rejects when it has ended. */
  async write(bytes: Uint8Array): Promise<void> {
    const { stdin } = this.#process;
    const taken = new Promise<void>((written, reject) => {
      stdin.write(bytes, (error) => (error ? reject(error) : written()));
    });
    await Promise.race([taken.catch(() => this.#ended), this.#ended]);
  }

  /** Resolves when the video is there. */
  async finished(): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
  }

  /** Resolves when it has ended, whatever it has made. */
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
  return new OpenMVError('FILE_UNAVAILABLE', `a video takes the program ffmpeg, and ${program} ${why}`, { cause });
}

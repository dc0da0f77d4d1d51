import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { resolve } from 'node:path';
import { OpenMVError } from '../errors.js';

/** Players want an even width and height, and this way of pixels. */
const OUTPUT = ['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2', '-pix_fmt', 'yuv420p'];
const COMPLAINT_CHARACTERS = 2000;

/** An ffmpeg that is given pictures, one after another. */
export class FfmpegProcess {
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

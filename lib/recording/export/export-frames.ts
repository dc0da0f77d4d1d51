import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { defer, from, type Observable } from 'rxjs';
import { type OptionNames, requireFlag, requireOptions, requirePath } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { encodePng } from '../../frames/encode-png.js';
import type { Frame } from '../../frames/frame.js';
import { toRgba } from '../../frames/to-rgba.js';
import { readRecording } from '../read/read-recording.js';
import { fileError } from '../record/file-error.js';
import { writeWhole } from './part-file.js';

/** Options of exporting frames. */
export interface ExportFramesOptions {
  /** Overwrites existing files. Default `false`. */
  readonly overwrite?: boolean;
}

/** A frame that was exported. */
export interface ExportedFrame {
  /** The path of its file. */
  readonly file: string;
  /** Its number in the recording, from 1. */
  readonly number: number;
  readonly frame: Frame;
}

/**
 * Writes each frame of a recording to its own file, `frame-000001.jpg` and so on, in a folder, which is created if necessary. JPEG
 * and PNG frames are written unchanged, pixels as PNG, and frames of an unknown format as bytes in a `.bin` file.
 *
 * Cold. Emits each frame when its file is written, and completes. Unsubscribing ends it after the current frame. Holds one frame.
 *
 * Errors as `readRecording` does, after the readable frames; with `FILE_EXISTS` if a file exists and `overwrite` is not set; with
 * `MALFORMED` if there are no frames; and with `FILE_UNAVAILABLE` and `DISK_FULL`.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` that names the argument.
 *
 * @example
 * ```ts
 * import { exportFrames } from 'openmv-rx/recording';
 *
 * exportFrames('flight.mcap', 'frames').subscribe(({ file }) => console.log(file));
 * ```
 */
export function exportFrames(
  recording: string,
  folder: string,
  options: ExportFramesOptions = {},
): Observable<ExportedFrame> {
  requireOptions('exportFrames', options, KNOWN);
  const { overwrite = false } = options;
  requirePath('recording', recording);
  requirePath('folder', folder);
  requireFlag('overwrite', overwrite);
  return defer(() => from(exporting(recording, folder, overwrite)));
}

async function* exporting(recording: string, folder: string, overwrite: boolean): AsyncGenerator<ExportedFrame> {
  let number = 0;
  for await (const entry of readRecording(recording)) {
    if (entry.kind !== 'frame') continue;
    if (number === 0) {
      try {
        makeFolder(folder);
      } catch (error) {
        throw fileError(error, folder, 'written');
      }
    }
    const { frame } = entry;
    const [bytes, ending] = imageOf(frame);
    const file = join(folder, `frame-${String(++number).padStart(6, '0')}.${ending}`);
    await writeWhole(file, overwrite, bytes);
    yield { file, number, frame };
  }
  if (number === 0) {
    throw new OpenMVError(
      'MALFORMED',
      `${recording} contains no frames: choose a recording that openmv-rx made with frames`,
    );
  }
}

function imageOf(frame: Frame): readonly [bytes: Uint8Array, ending: string] {
  const { format, width, height, data } = frame;
  if (format === 'jpeg') return [data, 'jpg'];
  if (format === 'png') return [data, 'png'];
  if (format === 'unknown') return [data, 'bin'];
  return [encodePng(toRgba(frame), { width, height, channels: 4, zlib: deflateSync }), 'png'];
}

const KNOWN: OptionNames<ExportFramesOptions> = { overwrite: true };

/** Creates a folder and its parents. Node's recursive `mkdir` never returns for a folder in /proc. */
export function makeFolder(folder: string): void {
  if (!existsSync(folder)) {
    if (!existsSync(dirname(folder))) makeFolder(dirname(folder));
    mkdirSync(folder);
  } else if (!statSync(folder).isDirectory())
    throw new OpenMVError('FILE_UNAVAILABLE', `${folder} exists, but is not a folder`);
}

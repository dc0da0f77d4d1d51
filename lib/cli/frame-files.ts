import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpenMVError } from '../errors.js';
import type { Frame } from '../index.js';
import { makeFolder } from '../recording/export/make-folder.js';
import { withAdvice } from './failure.js';
import { fileError } from '../recording/record/file-error.js';

/** Saves frames as `frame-000001.jpg` and so on in a folder, which is made if it is not there. */
export class FrameFiles {
  constructor(
    private readonly folder: string,
    private readonly overwrite: boolean,
  ) {
    try {
      makeFolder(folder);
    } catch (cause) {
      const { code, message } = fileError(cause, folder, 'written');
      throw new OpenMVError(code, withAdvice(message, 'take another folder'), { cause });
    }
  }

  /** Writes the frame, so that the next one is only asked for when this one is safe. Returns the file's path. */
  save(number: number, frame: Pick<Frame, 'format' | 'data'>): string {
    const path = join(this.folder, frameFileName(number, frame.format));
    try {
      writeFileSync(path, frame.data, { flag: this.overwrite ? 'w' : 'wx' });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        // A disk that is full has taken a part of it.
        if (statSync(path, { throwIfNoEntry: false })?.isFile()) rmSync(path, { force: true });
        throw fileError(cause, path, 'written');
      }
      const message = `${path} is there already: take another folder, or --overwrite`;
      throw new OpenMVError('INVALID_ARGUMENT', message, { cause });
    }
    return path;
  }
}

/** Compressed formats by their usual ending, pixels by the name of their format. */
export function frameFileName(number: number, format: string): string {
  return `frame-${String(number).padStart(6, '0')}.${format === 'jpeg' ? 'jpg' : format}`;
}

import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OpenMVError } from '../errors.js';
import type { Frame } from '../index.js';
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
      throw new OpenMVError(code, `${message}; take another folder`, { cause });
    }
  }

  /** Writes the frame, so that the next one is only asked for when this one is safe. Returns the file's path. */
  save(number: number, frame: Pick<Frame, 'format' | 'data'>): string {
    const path = join(this.folder, frameFileName(number, frame.format));
    try {
      writeFileSync(path, frame.data, { flag: this.overwrite ? 'w' : 'wx' });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(cause, path, 'written');
      const message = `${path} is there already: take another folder, or --overwrite`;
      throw new OpenMVError('INVALID_ARGUMENT', message, { cause });
    }
    return path;
  }
}

/** As `mkdir -p`. Node's own never returns where a folder is there that takes none, as /proc. */
function makeFolder(folder: string): void {
  if (!existsSync(folder)) {
    if (!existsSync(dirname(folder))) makeFolder(dirname(folder));
    mkdirSync(folder);
  } else if (!statSync(folder).isDirectory())
    throw new OpenMVError('FILE_UNAVAILABLE', `${folder} can't be written to: it is no folder`);
}

/** Compressed formats by their usual ending, pixels by the name of their format. */
export function frameFileName(number: number, format: string): string {
  return `frame-${String(number).padStart(6, '0')}.${format === 'jpeg' ? 'jpg' : format}`;
}

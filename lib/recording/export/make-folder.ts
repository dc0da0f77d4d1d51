import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { OpenMVError } from '../../errors.js';

/** Makes a folder and those above it. Node's own never returns for a folder that takes none, such as /proc. */
export function makeFolder(folder: string): void {
  if (!existsSync(folder)) {
    if (!existsSync(dirname(folder))) makeFolder(dirname(folder));
    mkdirSync(folder);
  } else if (!statSync(folder).isDirectory())
    throw new OpenMVError('FILE_UNAVAILABLE', `${folder} can't be written to: it is no folder`);
}

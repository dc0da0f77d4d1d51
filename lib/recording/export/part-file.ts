import { randomBytes } from 'node:crypto';
import { link, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

import { isSpecial } from '../disk.js';
import { fileError, alreadyExists, succeeds } from '../record/file-error.js';

/**
 * A file that appears only when it is complete: it is written under a temporary name in the same folder, then renamed. Pipes and
 * devices are written directly.
 */
export class PartFile {
  readonly #final: string;
  readonly #overwrite: boolean;

  private constructor(
    /** The path to write to. */
    readonly path: string,
    final: string,
    overwrite: boolean,
  ) {
    this.#final = final;
    this.#overwrite = overwrite;
  }

  /** Rejects with `FILE_EXISTS` if the file exists and `overwrite` is false. */
  static async of(path: string, overwrite: boolean): Promise<PartFile> {
    if (await isSpecial(path)) return new PartFile(path, path, true);
    const isThere = await succeeds(stat(path));
    if (isThere && !overwrite) throw fileError(alreadyExists(path), path, 'written');
    // Overwrite the target of a symbolic link, not the link.
    const final = isThere ? await realpath(path) : path;
    const ending = extname(final);
    const name = `.${basename(final, ending)}-${randomBytes(4).toString('hex')}.part${ending}`;
    return new PartFile(join(dirname(final), name), final, overwrite);
  }

  /** Gives the file its final name. */
  async finish(): Promise<void> {
    if (this.path === this.#final) return;
    try {
      if (!this.#overwrite) await this.#claim();
      else await rename(this.path, this.#final);
    } catch (error) {
      throw fileError(error, this.#final, 'written');
    }
  }

  /** Removes the temporary file. */
  async discard(): Promise<void> {
    if (this.path !== this.#final) await rm(this.path, { force: true }).catch(() => undefined);
  }

  /** Links instead of renaming: `link` fails if another program has created the file meanwhile, and `rename` would overwrite it. */
  async #claim(): Promise<void> {
    try {
      await link(this.path, this.#final);
      await rm(this.path);
    } catch (error) {
      if (!NO_LINKS.has(String((error as NodeJS.ErrnoException).code))) throw error;
      await rename(this.path, this.#final);
    }
  }
}

/** Writes a file that appears only when it is complete. */
export async function writeWhole(path: string, overwrite: boolean, bytes: Uint8Array): Promise<void> {
  const part = await PartFile.of(path, overwrite);
  try {
    await writeFile(part.path, bytes);
    await part.finish();
  } catch (error) {
    await part.discard();
    throw fileError(error, path, 'written');
  }
}

/** The error codes of file systems without links. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

import { randomBytes } from 'node:crypto';
import { link, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { type OpenMVError } from '../../errors.js';
import { isSpecial } from '../disk.js';
import { fileError } from '../record/file-error.js';

/**
 * A file that is there when it is whole, and not before: it is written under another name beside its own. Pipes and devices
 * are written as they are.
 */
export class PartFile {
  readonly #final: string;
  readonly #overwrite: boolean;

  private constructor(
    /** The path at which it is written. */
    readonly path: string,
    final: string,
    overwrite: boolean,
  ) {
    this.#final = final;
    this.#overwrite = overwrite;
  }

  /** Rejects with `FILE_EXISTS` when the file is there and may not be overwritten. */
  static async of(path: string, overwrite: boolean): Promise<PartFile> {
    if (await isSpecial(path)) return new PartFile(path, path, true);
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (isThere && !overwrite) throw exists(path);
    // What a link leads to is overwritten, and not the link.
    const final = isThere ? await realpath(path) : path;
    const ending = extname(final);
    const name = `.${basename(final, ending)}-${randomBytes(4).toString('hex')}.part${ending}`;
    return new PartFile(join(dirname(final), name), final, overwrite);
  }

  /** Gives it its name. */
  async finish(): Promise<void> {
    if (this.path === this.#final) return;
    try {
      if (!this.#overwrite) await this.#claim();
      else await rename(this.path, this.#final);
    } catch (error) {
      throw fileError(error, this.#final, 'written');
    }
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    if (this.path !== this.#final) await rm(this.path, { force: true }).catch(() => undefined);
  }

  /** A link is refused where the name is taken meanwhile, which renaming would overwrite. */
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

/** Writes a file that is there when it is whole, and not before. */
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

/** The codes of file systems that have no links. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

function exists(path: string): OpenMVError {
  return fileError(Object.assign(new Error('it is there'), { code: 'EEXIST' }), path, 'written');
}

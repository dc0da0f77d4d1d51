import { Observable } from 'rxjs';
import { requireFlag, requirePath } from '../../arguments.js';
import { isOpenMVError, OpenMVError } from '../../errors.js';
import { disk } from '../disk.js';
import { allEntries } from '../read/read-recording.js';
import { openToReplay, type OpenFile } from '../read/readable-file.js';
import { fileError } from '../record/file-error.js';
import type { RecordingEntry } from '../format/recording-entry.js';
import { PartFile } from './part-file.js';

/** Options of exporting a recording to a file. */
export interface ExportOptions {
  /** Overwrites an existing file. Default `false`. */
  readonly overwrite?: boolean;
}

/** A file that was exported. */
export interface ExportedFile {
  /** Its path. */
  readonly file: string;
  /** The number of pieces of text, rows of a CSV, samples per series of a WAV, or items in the first dimension of an NPY. */
  readonly count: number;
}

/** Yields the bytes to write, and returns the count. */
export type Pieces = AsyncGenerator<Uint8Array, number, undefined>;

const WRITE_BYTES = 64 * 1024;

/** A recording that is read from its beginning, once or several times, as far as it is readable. */
export class Source {
  #damage: OpenMVError | undefined;
  readonly #isOver: () => boolean;

  constructor(
    readonly path: string,
    isOver: () => boolean = () => false,
  ) {
    this.#isOver = isOver;
  }

  /** The damage that ended the reading; `undefined` until then. */
  get damage(): OpenMVError | undefined {
    return this.#damage;
  }

  /** The error if there is nothing to export. The damage may be the reason. */
  nothing(why: string): OpenMVError {
    return this.#damage ?? new OpenMVError('MALFORMED', `${this.path} ${why}`);
  }

  /** @throws when the export was unsubscribed. */
  requireWanted(): void {
    if (this.#isOver()) throw new Error('the export was unsubscribed');
  }

  /**
   * Reads the entries. Throws when the export was unsubscribed.
   *
   * @param open `openToRead` if the recording is read only once, so that it may be a pipe
   */
  async *entries(open: OpenFile = openToReplay): AsyncGenerator<RecordingEntry, void, undefined> {
    try {
      for await (const entry of allEntries(this.path, open)) {
        this.requireWanted();
        yield entry;
      }
    } catch (error) {
      if (!isOpenMVError(error, 'TRUNCATED') && !isOpenMVError(error, 'MALFORMED')) throw error;
      this.#damage = error;
    }
  }
}

/**
 * Writes the bytes of `pieces` to a file, which appears when it is complete. Emits it and completes. If the recording is damaged,
 * emits the file with the readable part and errors with the damage.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` that names the argument.
 */
export function exportFile(
  recording: string,
  file: string,
  { overwrite = false }: ExportOptions,
  pieces: (source: Source) => Pieces,
): Observable<ExportedFile> {
  requirePath('recording', recording);
  requirePath('file', file);
  requireFlag('overwrite', overwrite);
  return new Observable((subscriber) => {
    const source = new Source(recording, () => subscriber.closed);
    written(file, overwrite, source, pieces).then(
      (count) => {
        subscriber.next({ file, count });
        if (source.damage) subscriber.error(source.damage);
        else subscriber.complete();
      },
      (error: unknown) => subscriber.error(error),
    );
  });
}

async function written(
  path: string,
  overwrite: boolean,
  source: Source,
  pieces: (source: Source) => Pieces,
): Promise<number> {
  const part = await PartFile.of(path, overwrite);
  try {
    const file = await disk.create(part.path, true);
    let count: number;
    try {
      count = await writeAll(file, pieces(source));
    } finally {
      await file.close();
    }
    source.requireWanted();
    await part.finish();
    return count;
  } catch (error) {
    await part.discard();
    throw fileError(error, path, 'written');
  }
}

/** Writes small pieces together. */
async function writeAll(file: { write(bytes: Uint8Array): Promise<void> }, pieces: Pieces): Promise<number> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const all = Buffer.concat(waiting, bytes);
    waiting = [];
    bytes = 0;
    await file.write(all);
  };
  for (;;) {
    const { value, done } = await pieces.next();
    if (done === true) {
      await flush();
      return value;
    }
    waiting.push(value);
    bytes += value.length;
    if (bytes >= WRITE_BYTES) await flush();
  }
}

import { OpenMVError } from '../../errors.js';
import type { RecordingFile, RecordingStorage } from '../record/storage.js';

/** What is used of a `FileSystemFileHandle`. */
export interface FileTarget {
  readonly kind: 'file';
  readonly name: string;
  getFile(): Promise<{ readonly size: number }>;
  createWritable(): Promise<TargetWriter>;
}

/** What is used of a `FileSystemDirectoryHandle`. */
export interface FolderTarget {
  readonly kind: 'directory';
  readonly name: string;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FileTarget>;
}

/** What is used of a `FileSystemWritableFileStream`. */
export interface TargetWriter {
  write(chunk: { type: 'write'; position: number; data: Uint8Array<ArrayBuffer> }): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * A file, or files of a folder, of the person's computer, which the person has chosen: what `showSaveFilePicker()` and
 * `showDirectoryPicker()` give. `navigator.storage.getDirectory()` gives the page's own folder, which asks nobody.
 *
 * Into a file goes one recording, under the file's own name, and it can't be split; in a folder each file gets the name that the
 * recording says. What is there already is overwritten only with `overwrite`: a file that is not empty, and in a folder
 * any file. (A file that the person has agreed to replace comes out of `showSaveFilePicker()` empty.)
 *
 * **What is written is there when the file is closed, and not before**: browsers write into a file of their own and put that in
 * the place of the chosen one at the end, and they throw it away when a write fails, as on a full disk, or when the page is gone. A long
 * recording is therefore best split in a folder, where the files that are whole stay. Holds nothing.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` where it is neither a file nor a folder.
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { record, saveTo } from 'openmv-rx/web-recording';
 * import { webSerial } from 'openmv-rx/web-serial';
 *
 * const camera = new Camera(webSerial());
 * const folder = await navigator.storage.getDirectory();
 * record(camera, { file: 'flight.mcap', storage: saveTo(folder), split: { seconds: 60 }, durationMs: 600_000 }).subscribe();
 * ```
 */
export function saveTo(target: FileTarget | FolderTarget): RecordingStorage {
  const given = target as
    Readonly<Partial<Record<'kind' | 'createWritable' | 'getFileHandle', unknown>>> | null | undefined;
  // By what is used of it: what a page has kept is a copy without functions where it went through JSON.
  if (given?.kind === 'file' && typeof given.createWritable === 'function') return new OneFile(target as FileTarget);
  if (given?.kind === 'directory' && typeof given.getFileHandle === 'function') return inFolder(target as FolderTarget);
  const words =
    'saveTo takes the handle of a file or of a folder, as showSaveFilePicker() or showDirectoryPicker() gives it';
  throw new OpenMVError('INVALID_ARGUMENT', words);
}

/** A place with room for one file. */
export class OneFile implements RecordingStorage {
  readonly #target: FileTarget;

  constructor(target: FileTarget) {
    this.#target = target;
  }

  async create(_: string, overwrite: boolean): Promise<RecordingFile> {
    if (!overwrite && (await this.#target.getFile()).size > 0) throw exists(this.#target.name);
    return fileOf(await this.#target.createWritable());
  }
}

function inFolder(folder: FolderTarget): RecordingStorage {
  return {
    create: async (name, overwrite) => {
      if (!overwrite && (await isThere(folder, name))) throw exists(name);
      return fileOf(await (await folder.getFileHandle(name, { create: true })).createWritable());
    },
  };
}

async function isThere(folder: FolderTarget, name: string): Promise<boolean> {
  return folder.getFileHandle(name).then(
    () => true,
    (error: unknown) => {
      if ((error as { readonly name?: unknown }).name === 'NotFoundError') return false;
      throw error;
    },
  );
}

/** As a file system says it. */
function exists(name: string): Error {
  return Object.assign(new Error(`${name} is there`), { code: 'EEXIST' });
}

function fileOf(writer: TargetWriter): RecordingFile {
  let position = 0;
  return {
    write: async (bytes) => {
      await writer.write({ type: 'write', position, data: bytes });
      position += bytes.length;
    },
    truncate: async (length) => {
      await writer.truncate(length);
      position = length;
    },
    close: () => writer.close(),
  };
}

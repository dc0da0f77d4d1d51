import { OpenMVError } from '../../errors.js';
import { alreadyExists } from '../record/file-error.js';
import type { RecordingFile, RecordingStorage } from '../record/storage.js';

/** The used part of a `FileSystemFileHandle`. */
export interface FileTarget {
  readonly kind: 'file';
  readonly name: string;
  getFile(): Promise<{ readonly size: number }>;
  createWritable(): Promise<TargetWriter>;
}

/** The used part of a `FileSystemDirectoryHandle`. */
export interface FolderTarget {
  readonly kind: 'directory';
  readonly name: string;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FileTarget>;
}

/** The used part of a `FileSystemWritableFileStream`. */
export interface TargetWriter {
  write(chunk: { type: 'write'; position: number; data: Uint8Array<ArrayBuffer> }): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Stores recordings in a file or a folder of the user's computer: the handle that `showSaveFilePicker()` or
 * `showDirectoryPicker()` returns. `navigator.storage.getDirectory()` returns the page's own folder, without asking the user.
 *
 * A file takes one recording, under the file's own name, and can't be split. In a folder the option `file` names each file.
 * Without `overwrite`, a file that is not empty is an error, and in a folder any existing file is. (A file that the user
 * agreed to replace in `showSaveFilePicker()` is empty.)
 *
 * **The data is in the file only after the file is closed.** Browsers write to a temporary file and replace the chosen one at
 * the end. They discard the temporary file when a write fails, for example on a full disk, or when the page closes. Split a
 * long recording in a folder, so that its complete files are kept. Holds nothing.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when `target` is neither a file nor a folder.
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
  // Check the methods too: a handle that went through JSON has lost them.
  if (given?.kind === 'file' && typeof given.createWritable === 'function') return new OneFile(target as FileTarget);
  if (given?.kind === 'directory' && typeof given.getFileHandle === 'function') return inFolder(target as FolderTarget);
  const words =
    'saveTo takes the handle of a file or a folder, as showSaveFilePicker() or showDirectoryPicker() returns it';
  throw new OpenMVError('INVALID_ARGUMENT', words);
}

/** A storage of one file. */
export class OneFile implements RecordingStorage {
  readonly #target: FileTarget;

  constructor(target: FileTarget) {
    this.#target = target;
  }

  async create(_: string, overwrite: boolean): Promise<RecordingFile> {
    if (!overwrite && (await this.#target.getFile()).size > 0) throw alreadyExists(this.#target.name);
    return fileOf(await this.#target.createWritable());
  }
}

function inFolder(folder: FolderTarget): RecordingStorage {
  return {
    create: async (name, overwrite) => {
      if (!overwrite && (await isThere(folder, name))) throw alreadyExists(name);
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

import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { type Observable, ReplaySubject } from 'rxjs';
import { type Camera, type TraceEntry, traceLine } from '../../index.js';
import { fileError } from '../../recording/record/file-error.js';
import { counted } from './text.js';

/** Lines wait for a slow disk up to this many bytes. */
const MOST_BYTES = 1024 * 1024;

/** A trace file that is being written. */
export interface TraceFile {
  /** Never emits. Errors when the file can't be written any more. */
  readonly failed$: Observable<never>;
  /** Closes the file. Resolves when everything is in it. */
  end(): Promise<void>;
}

/**
 * Appends a line to a file for each entry of `camera.trace$`, from now on. Rejects when the file can't be opened. Up to 1 MiB waits for
 * a slow disk. More lines are dropped, and a line says how many.
 */
export async function traceTo(camera: Camera, path: string): Promise<TraceFile> {
  const failed = (error: unknown): never => {
    throw fileError(error, path, 'written');
  };
  const file = (await open(path, 'a').catch(failed)).createWriteStream();
  const failed$ = new ReplaySubject<never>(1);
  file.on('error', (error) => failed$.error(fileError(error, path, 'written')));
  const lines = new TraceLines(file);
  const tracing = camera.trace$.subscribe((entry) => lines.write(entry));
  return {
    failed$,
    end: () => {
      tracing.unsubscribe();
      lines.writeDropped();
      return new Promise((resolve) => file.end(() => resolve()));
    },
  };
}

/** Writes the entries of a trace, and counts dropped ones. */
export class TraceLines {
  #dropped = 0;
  readonly #file: Pick<Writable, 'write' | 'writableLength'>;

  constructor(file: Pick<Writable, 'write' | 'writableLength'>) {
    this.#file = file;
  }

  write(entry: TraceEntry): void {
    if (this.#file.writableLength >= MOST_BYTES) {
      this.#dropped++;
      return;
    }
    this.writeDropped();
    this.#file.write(`${traceLine(entry)}\n`);
  }

  /** Writes how many entries were dropped since the last line, if any. */
  writeDropped(): void {
    if (this.#dropped === 0) return;
    this.#file.write(`dropped ${counted(this.#dropped, 'line')}: the disk was too slow\n`);
    this.#dropped = 0;
  }
}

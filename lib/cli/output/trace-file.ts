import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { type Observable, ReplaySubject } from 'rxjs';
import { type Camera, type TraceEntry, traceLine } from '../../index.js';
import { fileError } from '../../recording/record/file-error.js';
import { counted } from './words.js';

/** More lines than this many bytes are not held for a disk that is slow. */
const MOST_BYTES = 1024 * 1024;

/** A trace that is being written. */
export interface TraceFile {
  /** Never emits. Errors when the file can't be written any more. */
  readonly failed$: Observable<never>;
  /** Resolves when everything until now is in the file. */
  end(): Promise<void>;
}

/**
 * Writes what happens on a camera's link to a file, a line for each entry of `camera.trace$`, from now on. It goes on at the end of
 * a file that is there. Rejects when the file can't be opened. Holds 1 MiB for a disk that is slow; lines beyond that are dropped, and
 * a line says how many.
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
      lines.tellDropped();
      return new Promise((resolve) => file.end(() => resolve()));
    },
  };
}

/** Writes entries of a trace, and counts those that there was no room for. */
export class TraceLines {
  #dropped = 0;

  constructor(private readonly file: Pick<Writable, 'write' | 'writableLength'>) {}

  write(entry: TraceEntry): void {
    if (this.file.writableLength >= MOST_BYTES) {
      this.#dropped++;
      return;
    }
    this.tellDropped();
    this.file.write(`${traceLine(entry)}\n`);
  }

  /** Writes how many were dropped since the last line, if any. */
  tellDropped(): void {
    if (this.#dropped === 0) return;
    this.file.write(`dropped ${counted(this.#dropped, 'line')}: the disk was too slow\n`);
    this.#dropped = 0;
  }
}

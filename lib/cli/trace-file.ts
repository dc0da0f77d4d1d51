import { open } from 'node:fs/promises';
import { type Observable, ReplaySubject } from 'rxjs';
import { type Camera, traceLine } from '../index.js';
import { fileError } from '../recording/record/file-error.js';

/** A trace that is being written. */
export interface TraceFile {
  /** Never emits. Errors when the file can't be written any more. */
  readonly failed$: Observable<never>;
  /** Resolves when everything until now is in the file. */
  end(): Promise<void>;
}

/**
 * Writes what happens on a camera's link to a file, a line for each entry of `camera.trace$`, from now on. It goes on at the end of
 * a file that is there. Rejects when the file can't be opened.
 */
export async function traceTo(camera: Camera, path: string): Promise<TraceFile> {
  const failed = (error: unknown): never => {
    throw fileError(error, path, 'written');
  };
  const file = (await open(path, 'a').catch(failed)).createWriteStream();
  const failed$ = new ReplaySubject<never>(1);
  file.on('error', (error) => failed$.error(fileError(error, path, 'written')));
  const tracing = camera.trace$.subscribe((entry) => file.write(`${traceLine(entry)}\n`));
  return {
    failed$,
    end: () => {
      tracing.unsubscribe();
      return new Promise((resolve) => file.end(() => resolve()));
    },
  };
}

import {
  defer,
  fromEvent,
  map,
  merge,
  type MonoTypeOperatorFunction,
  type Observable,
  share,
  take,
  takeUntil,
} from 'rxjs';

/**
 * Emits when the command must end: after Ctrl-C or a signal of the system (`signal`), or because nobody reads its output or errors
 * any more (`unwritable`), as with `| head`. Completes after the first, so that a second Ctrl-C ends the process at
 * once, as in other programs. A closing terminal causes several of these events; only the first counts.
 */
export function interruption(): Observable<'signal' | 'unwritable'> {
  return defer(() => {
    process.off('SIGHUP', ignore).on('SIGHUP', ignore);
    return merge(
      ...['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => fromEvent(process, signal).pipe(map(() => 'signal' as const))),
      ...[process.stdout, process.stderr].map((stream) =>
        fromEvent(stream, 'error').pipe(map(() => 'unwritable' as const)),
      ),
    );
  }).pipe(take(1), share());
}

/** Without a listener, the second SIGHUP would end the process before its files are complete. */
function ignore(): void {
  return undefined;
}

/** Tells from its error whether standard output or error has lost its reader: the pipe or the terminal was closed. */
export function hasNoReader({ code = '' }: NodeJS.ErrnoException, { isTTY }: { readonly isTTY?: boolean }): boolean {
  return READER_HAS_GONE.has(code) || (isTTY === true && code === 'EIO');
}

/** Windows reports `EOF` for a pipe. */
const READER_HAS_GONE: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'ENOTCONN', 'ENXIO', 'EOF']);

/** For a command that ends by itself: a signal before its end is a failure. */
export function orInterrupted<T>(stop$: Observable<'signal' | 'unwritable'>): MonoTypeOperatorFunction<T> {
  return takeUntil(
    stop$.pipe(
      map((reason) => {
        if (reason === 'signal') throw new Error('interrupted before it was done');
      }),
    ),
  );
}

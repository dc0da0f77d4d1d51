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
 * Tells when the command is to end: by Ctrl-C or a request of the system (`signal`), or because its output or its errors can't be
 * written any more (`unwritable`), as behind `| head`. Completes after the first, so that a second Ctrl-C ends the process at
 * once, as it does everywhere. A terminal that goes away tells that in several ways, of which only the first counts.
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

/** Without a listener the second SIGHUP would end the process before its files are whole. */
function ignore(): void {
  return undefined;
}

/** Tells whether nobody reads standard output or error any more, by its error: the pipe or the terminal was closed. */
export function hasNoReader({ code = '' }: NodeJS.ErrnoException, { isTTY }: { readonly isTTY?: boolean }): boolean {
  return READER_HAS_GONE.has(code) || (isTTY === true && code === 'EIO');
}

/** On Windows a pipe says `EOF`. */
const READER_HAS_GONE: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'ENOTCONN', 'ENXIO', 'EOF']);

/** For a command that has an end of its own: a signal before it is a failure. */
export function orInterrupted<T>(stop$: Observable<'signal' | 'unwritable'>): MonoTypeOperatorFunction<T> {
  return takeUntil(
    stop$.pipe(
      map((reason) => {
        if (reason === 'signal') throw new Error('interrupted before it was done');
      }),
    ),
  );
}

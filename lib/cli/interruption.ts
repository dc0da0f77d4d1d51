import { fromEvent, map, merge, type MonoTypeOperatorFunction, type Observable, share, take, takeUntil } from 'rxjs';

/**
 * When the command is to end: by Ctrl-C or a request of the system (`signal`), or because its output can't be written
 * any more (`unwritable`), as behind `| head`. Completes after the first, so that a second Ctrl-C ends the process at
 * once, as it does everywhere.
 */
export function interruption(): Observable<'signal' | 'unwritable'> {
  return merge(
    ...['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => fromEvent(process, signal).pipe(map(() => 'signal' as const))),
    fromEvent(process.stdout, 'error').pipe(map(() => 'unwritable' as const)),
  ).pipe(take(1), share());
}

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

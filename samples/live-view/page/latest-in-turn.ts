import { exhaustMap, finalize, Observable, Subject, throttle, type OperatorFunction } from 'rxjs';

/**
 * One piece of work at a time, and after it the latest value that came meanwhile; those between are skipped.
 *
 * The work has to end asynchronously.
 */
export function latestInTurn<T, R>(work: (value: T) => Observable<R>): OperatorFunction<T, R> {
  return (source) =>
    new Observable((subscriber) => {
      const free = new Subject<void>();
      return source
        .pipe(
          throttle(() => free, { leading: true, trailing: true }),
          exhaustMap((value) =>
            work(value).pipe(
              finalize(() => {
                free.next();
              }),
            ),
          ),
        )
        .subscribe(subscriber);
    });
}

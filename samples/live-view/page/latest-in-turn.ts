import { Observable, type OperatorFunction } from 'rxjs';

/**
 * Works on one value at a time, and then on the latest value that arrived in the meantime; it skips the others.
 *
 * Completes with the source, even during work.
 */
export function latestInTurn<T, R>(work: (value: T) => Observable<R>): OperatorFunction<T, R> {
  return (source) =>
    new Observable((subscriber) => {
      let waiting: { value: T } | undefined;
      let busy = false;
      const error = (reason: unknown): void => {
        subscriber.error(reason);
      };
      const proceed = (): void => {
        if (busy || waiting === undefined) return;
        const { value } = waiting;
        waiting = undefined;
        busy = true;
        const next = (result: R): void => {
          subscriber.next(result);
        };
        const complete = (): void => {
          busy = false;
          proceed();
        };
        subscriber.add(work(value).subscribe({ next, error, complete }));
      };
      const next = (value: T): void => {
        waiting = { value };
        proceed();
      };
      const complete = (): void => {
        subscriber.complete();
      };
      return source.subscribe({ next, error, complete });
    });
}

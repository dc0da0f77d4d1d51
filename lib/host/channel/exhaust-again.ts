import { Observable, type OperatorFunction, Subscription } from 'rxjs';

/**
 * As `exhaustMap`, but what came while the work was under way makes it run once more when it ends: nothing is missed
 * and nothing piles up. Holds one flag.
 */
export function exhaustAgain<R>(work: () => Observable<R>): OperatorFunction<unknown, R> {
  return (source) =>
    new Observable((subscriber) => {
      let working = false;
      let again = false;
      let sourceEnded = false;
      const start = (): void => {
        working = true;
        again = false;
        const running = new Subscription();
        subscriber.add(running);
        running.add(
          work().subscribe({
            next: (value) => subscriber.next(value),
            error: (error: unknown) => subscriber.error(error),
            complete: () => {
              working = false;
              subscriber.remove(running);
              if (again) start();
              else if (sourceEnded) subscriber.complete();
            },
          }),
        );
      };
      subscriber.add(
        source.subscribe({
          next: () => {
            if (working) again = true;
            else start();
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            sourceEnded = true;
            if (!working) subscriber.complete();
          },
        }),
      );
    });
}

import { Observable, type MonoTypeOperatorFunction } from 'rxjs';
import { inTurn } from './in-turn.js';
import { untilGone } from './until-gone.js';

/**
 * Passes on one notification at a time. If a subscriber causes the next one while it is called, that one waits until the
 * subscriber has returned. So an operator with state, and each subscriber, sees the values in order.
 */
export function oneByOne<T>(): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const turn = inTurn<() => void>((work) => work());
      source.pipe(untilGone(subscriber)).subscribe({
        next: (value) => turn(() => subscriber.next(value)),
        error: (error: unknown) => turn(() => subscriber.error(error)),
        complete: () => turn(() => subscriber.complete()),
      });
    });
}

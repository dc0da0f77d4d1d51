import { Observable, type MonoTypeOperatorFunction } from 'rxjs';
import { inTurn } from './in-turn.js';
import { untilGone } from './until-gone.js';

/**
 * Passes everything on, one notification after another: what a subscriber causes while it is called comes when it has
 * returned, so that an operator with a memory sees values in their order, and subscribers do too.
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

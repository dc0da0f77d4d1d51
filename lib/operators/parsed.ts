import { Observable, type OperatorFunction } from 'rxjs';
import { inTurn } from './in-turn.js';
import { untilGone } from './until-gone.js';

/** A push parser: it takes one input at a time and returns the values that this input completes, in their order. */
export interface PushParser<I, O> {
  push(input: I): readonly O[];
  /** Ends an unfinished value, and returns its values so far. */
  giveUp(): readonly O[];
}

/**
 * The shell around a push parser: feeds it with the source's values and emits its results. The parser gives up an unfinished
 * value when the source completes, and each time `giveUp$` emits. The completion of `giveUp$` is ignored; its error errors
 * the result. Each subscription has its own parser.
 */
export function parsed<I, O>(
  parser: () => PushParser<I, O>,
  giveUp$: Observable<unknown> | undefined,
): OperatorFunction<I, O> {
  return (source) =>
    new Observable((subscriber) => {
      const state = parser();
      const turn = inTurn<() => void>((work) => work());
      const emit = (values: readonly O[]): void => {
        for (const value of values) subscriber.next(value);
      };
      const error = (cause: unknown): void => turn(() => subscriber.error(cause));
      giveUp$?.pipe(untilGone(subscriber)).subscribe({ next: () => turn(() => emit(state.giveUp())), error });
      source.pipe(untilGone(subscriber)).subscribe({
        next: (input) => turn(() => emit(state.push(input))),
        error,
        complete: () =>
          turn(() => {
            emit(state.giveUp());
            subscriber.complete();
          }),
      });
    });
}

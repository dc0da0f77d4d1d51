import { concat, ignoreElements, of, type OperatorFunction } from 'rxjs';

/** One `undefined` when the source completes, so that `lastValueFrom` has something to resolve with (DESIGN, semantics 5). */
export function toVoid(): OperatorFunction<unknown, void> {
  return (source) => concat(source.pipe(ignoreElements()), of(undefined));
}

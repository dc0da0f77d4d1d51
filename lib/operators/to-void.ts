import { concat, ignoreElements, of, type OperatorFunction } from 'rxjs';

/** Emits one `undefined` when the source completes, so that `lastValueFrom` resolves (DESIGN, semantics 5). */
export function toVoid(): OperatorFunction<unknown, void> {
  return (source) => concat(source.pipe(ignoreElements()), of(undefined));
}

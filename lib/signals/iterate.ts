import { isObservable, type Observable } from 'rxjs';
import { requireOptions, type OptionNames, requireWhole } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { Iteration } from './iteration.js';
import { untilGone } from '../operators/until-gone.js';

/** Options of `iterate`. */
export interface IterateOptions {
  /** The number of values that may wait while the body of the loop is busy. Default 16. */
  readonly limit?: number;
  /**
   * Says what one more value does when the queue is full:
   *
   * - `'error'` (default): the loop gets the values that wait, then throws `QUEUE_FULL`;
   * - `'drop'`: the oldest of those that wait is dropped, and counted.
   */
  readonly overflow?: 'error' | 'drop';
}

/** An Observable for `for await`. */
export interface Iterated<T> extends AsyncIterable<T> {
  /** The number of values that were dropped so far, by all of its loops. */
  readonly dropped: number;
}

/**
 * Makes an Observable a source for `for await`, with a queue that has a limit.
 *
 * Each loop subscribes when it asks for its first value, and unsubscribes when it ends: at `break`, `return` and `throw`, also while
 * it waits. The loop ends when the source completes and throws its error when it errors, both behind the values that wait. Holds
 * up to `limit` values. An Observable can't be held back: see {@link IterateOptions.overflow} for a loop that is slower than its
 * source. `camera.readFrames()` is the loop that holds the camera back.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when it is no Observable, and for a wrong option.
 *
 * @example
 * ```ts
 * import { iterate, lines, type Camera } from 'openmv-rx';
 *
 * async function untilReady(camera: Camera): Promise<void> {
 *   for await (const line of iterate(camera.stdout$.pipe(lines()), { limit: 100 })) {
 *     if (line === 'ready') break;
 *   }
 * }
 * ```
 */
export function iterate<T>(source$: Observable<T>, options: IterateOptions = {}): Iterated<T> {
  requireOptions('iterate', options, KNOWN);
  const { limit = 16, overflow = 'error' } = options;
  if (!isObservable(source$)) throw new OpenMVError('INVALID_ARGUMENT', 'iterate takes an Observable');
  requireWhole('limit', limit, 1);
  if (!(['error', 'drop'] as readonly unknown[]).includes(overflow)) {
    throw new OpenMVError('INVALID_ARGUMENT', `overflow is 'error' or 'drop', not '${overflow}'`);
  }
  let dropped = 0;
  const follow = (iteration: Iteration<T>): void => {
    source$.pipe(untilGone(iteration.work)).subscribe({
      next: (value) => {
        const isFull = iteration.held === limit;
        if (isFull && overflow === 'error') {
          iteration.fail(full(limit));
          return;
        }
        if (isFull) {
          iteration.dropOldest();
          dropped++;
        }
        iteration.push(value);
      },
      error: (error: unknown) => iteration.fail(error),
      complete: () => iteration.complete(),
    });
  };
  return {
    get dropped() {
      return dropped;
    },
    [Symbol.asyncIterator]: () => {
      let isBegun = false;
      return new Iteration<T>((iteration) => {
        if (isBegun) return;
        isBegun = true;
        follow(iteration);
      });
    },
  };
}

function full(limit: number): OpenMVError {
  return new OpenMVError(
    'QUEUE_FULL',
    `more than ${limit} values wait for the loop, which is slower than its source: raise limit, or have overflow: 'drop' leave some out`,
  );
}

const KNOWN: OptionNames<IterateOptions> = { limit: true, overflow: true };

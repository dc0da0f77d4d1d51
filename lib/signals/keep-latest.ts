import { from, Observable, Subscription, type ObservableInput, type OperatorFunction } from 'rxjs';
import { requireArgument, requireOptions, type OptionNames } from '../arguments.js';
import { untilGone } from '../operators/until-gone.js';

/** Options of {@link keepLatest}. */
export interface KeepLatestOptions<T> {
  /** Called with each value that was dropped for a newer one, to count them. If it throws, the result errors. */
  readonly dropped?: (value: T) => void;
}

/**
 * As `exhaustMap`, but of the values that come while the work is under way the newest is kept, and worked on next: what
 * is shown is never older than one piece of work, and nothing piles up.
 *
 * Emits what `project`'s Observables emit, one of them at a time. Completes when the source has completed and the work
 * on the last value is done; errors, at once, with the source, with the work, and with what `project` throws. Holds one
 * value at most; the ones it replaces are dropped, and `dropped` is called with each of them.
 *
 * @param project begins the work on a value
 * @throws {OpenMVError} `INVALID_ARGUMENT` when `project` or `dropped` is no function.
 *
 * @example
 * ```ts
 * import { keepLatest, type Camera } from 'openmv-rx';
 *
 * // Decoding that is slower than the camera skips frames, and falls behind by no more than one.
 * const pictures = (camera: Camera) =>
 *   camera.frames$.pipe(keepLatest(({ data }) => createImageBitmap(new Blob([data.slice()], { type: 'image/jpeg' }))));
 * ```
 */
export function keepLatest<T, R>(
  project: (value: T) => ObservableInput<R>,
  options: KeepLatestOptions<T> = {},
): OperatorFunction<T, R> {
  requireOptions('keepLatest', options, KNOWN);
  const { dropped = () => undefined } = options;
  requireArgument(typeof dropped === 'function', 'dropped is a function that is called with a value', dropped);
  requireArgument(
    typeof project === 'function',
    'keepLatest takes a function that begins the work on a value',
    project,
  );
  return (source) =>
    new Observable((subscriber) => {
      let waiting: { readonly value: T } | undefined;
      let failure: { readonly error: unknown } | undefined;
      let ended = false;
      let working = false;
      let advancing = false;

      const start = (value: T): void => {
        working = true;
        const work = new Subscription();
        subscriber.add(work);
        const end = (): void => {
          working = false;
          subscriber.remove(work);
          advance();
        };
        work.add(
          projected(value).subscribe({
            next: (result) => subscriber.next(result),
            error: (error: unknown) => subscriber.error(error),
            complete: end,
          }),
        );
      };
      const projected = (value: T): Observable<R> => {
        try {
          return from(project(value));
        } catch (error) {
          return new Observable((failed) => failed.error(error));
        }
      };
      /** Re-entrant values wait their turn; synchronous work loops instead of recursing. */
      const advance = (): void => {
        if (advancing) return;
        advancing = true;
        while (!subscriber.closed && !working && waiting !== undefined) {
          const { value } = waiting;
          waiting = undefined;
          start(value);
        }
        advancing = false;
        if (failure !== undefined) subscriber.error(failure.error);
        else if (ended && !working) subscriber.complete();
      };

      const tell = (value: T): void => {
        try {
          dropped(value);
        } catch (error) {
          subscriber.error(error);
        }
      };
      source.pipe(untilGone(subscriber)).subscribe({
        next: (value) => {
          const replaced = waiting;
          waiting = { value };
          if (replaced !== undefined) tell(replaced.value);
          advance();
        },
        error: (error: unknown) => {
          failure = { error };
          advance();
        },
        complete: () => {
          ended = true;
          advance();
        },
      });
    });
}

const KNOWN: OptionNames<KeepLatestOptions<unknown>> = { dropped: true };

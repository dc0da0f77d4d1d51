import { from, Observable, Subscription, type ObservableInput, type OperatorFunction } from 'rxjs';
import { requireArgument, requireOptions, type OptionNames } from '../arguments.js';
import { untilGone } from '../operators/until-gone.js';

/** Options of {@link keepLatest}. */
export interface KeepLatestOptions<T> {
  /** Called with each value that a newer one replaced, for example to count them. If it throws, the result errors. */
  readonly dropped?: (value: T) => void;
}

/**
 * Works on one value at a time, and then on the newest value that arrived meanwhile. It differs from `exhaustMap` by keeping
 * that newest value: the result is never late by more than one piece of work, and no values pile up.
 *
 * Emits what the Observables of `project` emit, one Observable at a time. Completes when the source has completed and the
 * work on the last value is done; errors at once with the source, with the work, and with what `project` throws. Holds at
 * most one value. A newer value replaces it, and `dropped` is called with the replaced one.
 *
 * @param project starts the work on a value
 * @throws {OpenMVError} `INVALID_ARGUMENT` when `project` or `dropped` is not a function.
 *
 * @example
 * ```ts
 * import { keepLatest, type Camera } from 'openmv-rx';
 *
 * // Decoding that is slower than the camera skips frames, and is never more than one frame late.
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
  requireArgument(typeof dropped === 'function', 'dropped must be a function that takes a value', dropped);
  requireArgument(
    typeof project === 'function',
    'keepLatest takes a function that starts the work on a value',
    project,
  );
  return (source) =>
    new Observable((subscriber) => {
      let waiting: { readonly value: T } | undefined;
      let failure: { readonly error: unknown } | undefined;
      let ended = false;
      let isWorking = false;
      let isAdvancing = false;

      const start = (value: T): void => {
        isWorking = true;
        const work = new Subscription();
        subscriber.add(work);
        const end = (): void => {
          isWorking = false;
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
        if (isAdvancing) return;
        isAdvancing = true;
        while (!subscriber.closed && !isWorking && waiting !== undefined) {
          const { value } = waiting;
          waiting = undefined;
          start(value);
        }
        isAdvancing = false;
        if (failure !== undefined) subscriber.error(failure.error);
        else if (ended && !isWorking) subscriber.complete();
      };

      const reportDrop = (value: T): void => {
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
          if (replaced !== undefined) reportDrop(replaced.value);
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

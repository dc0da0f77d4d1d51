import { Observable } from 'rxjs';
import { requireOptions, type OptionNames, requireWhole, requireNumber } from '../arguments.js';
import { inTurn } from '../operators/in-turn.js';
import { untilGone } from '../operators/until-gone.js';
import { TimePairing, type Pair, type Unpaired } from './time-pairing.js';

/** Options of {@link pairByTime}. `timeOfA` and `timeOfB` are required for items without a `receivedAt`. Times are in milliseconds. */
export type PairByTimeOptions<A, B> = {
  /** The largest distance between the two items of a pair, inclusive. */
  readonly toleranceMs: number;
  /**
   * The most by which one stream lags behind the other: an item may arrive after an item of the other stream that is this
   * much later. Items wait this much longer for a partner. An item that is later still may find its partner gone. With
   * `Infinity` only the items of a stream itself prove that no earlier one follows. Default 0, which fits arrival times.
   */
  readonly latenessMs?: number;
  /** The most items of each stream that wait. Default 64. */
  readonly maxWaiting?: number;
} & (A extends { readonly receivedAt: number }
  ? {
      /** Returns the time of an item, which never goes back within a stream. Default: its `receivedAt`. */
      readonly timeOfA?: (item: A) => number;
    }
  : {
      /** Returns the time of an item, which never goes back within a stream. */
      readonly timeOfA: (item: A) => number;
    }) &
  (B extends { readonly receivedAt: number }
    ? {
        /** Returns the time of an item, which never goes back within a stream. Default: its `receivedAt`. */
        readonly timeOfB?: (item: B) => number;
      }
    : {
        /** Returns the time of an item, which never goes back within a stream. */
        readonly timeOfB: (item: B) => number;
      });

/**
 * Pairs the items of two streams by time: frames with sensor readings, or the frames of two cameras.
 *
 * Emits a `Pair` for two items, one of each stream, that are neighbours in time and at most `toleranceMs` apart. If an item
 * could pair with its predecessor or its successor, the nearest two are paired first, and of equal distances the earlier
 * one. Every other item is emitted as `Unpaired`, with a reason. Results are ordered by time and contain each item once, so
 * a program can count what is missing. A pair is emitted as soon as no nearer item is possible: at once if the times are
 * equal, otherwise with the next item of either stream that is late enough.
 *
 * Subscribes to both. Completes when one stream has completed and none of its items wait; errors with either. Holds at most
 * `maxWaiting` items of each.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when a number is out of range.
 *
 * @example
 * ```ts
 * import { filter } from 'rxjs';
 * import { pairByTime, type Camera } from 'openmv-rx';
 *
 * const stereo = (left: Camera, right: Camera) =>
 *   pairByTime(left.frames$, right.frames$, { toleranceMs: 20 }).pipe(filter((match) => match.kind === 'pair'));
 * ```
 */
export function pairByTime<A, B>(
  a$: Observable<A>,
  b$: Observable<B>,
  options: PairByTimeOptions<A, B>,
): Observable<Pair<A, B> | Unpaired<A, B>> {
  requireOptions<PairByTimeOptions<Timestamped, Timestamped>>('pairByTime', options as never, KNOWN);
  const { toleranceMs, latenessMs = 0, maxWaiting = 64 } = options;
  const timeOfA: (item: A) => number = options.timeOfA ?? receivedAt;
  const timeOfB: (item: B) => number = options.timeOfB ?? receivedAt;
  for (const [name, ms] of Object.entries({ toleranceMs, latenessMs })) requireNumber(name, ms, 0);
  requireWhole('maxWaiting', maxWaiting, 1);
  return new Observable((subscriber) => {
    const pairing = new TimePairing<A, B>({ toleranceMs, latenessMs, maxWaiting });
    const turn = inTurn<() => void>((work) => {
      if (subscriber.closed) return;
      try {
        work();
      } catch (error) {
        subscriber.error(error);
      }
    });
    const emit = (decided: readonly (Pair<A, B> | Unpaired<A, B>)[]): void => {
      for (const match of decided) subscriber.next(match);
      if (!pairing.over) return;
      for (const match of pairing.rest()) subscriber.next(match);
      subscriber.complete();
    };
    const error = (failure: unknown): void => turn(() => subscriber.error(failure));
    a$.pipe(untilGone(subscriber)).subscribe({
      next: (item) => turn(() => emit(pairing.push({ from: 'a', item, at: timeOfA(item) }))),
      error,
      complete: () => turn(() => emit(pairing.end('a'))),
    });
    b$.pipe(untilGone(subscriber)).subscribe({
      next: (item) => turn(() => emit(pairing.push({ from: 'b', item, at: timeOfB(item) }))),
      error,
      complete: () => turn(() => emit(pairing.end('b'))),
    });
  });
}

interface Timestamped {
  readonly receivedAt: number;
}

function receivedAt(item: unknown): number {
  return (item as Timestamped).receivedAt;
}

const KNOWN: OptionNames<PairByTimeOptions<Timestamped, Timestamped>> = {
  toleranceMs: true,
  latenessMs: true,
  maxWaiting: true,
  timeOfA: true,
  timeOfB: true,
};

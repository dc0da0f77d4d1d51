import { Observable } from 'rxjs';
import { requireOptions, type OptionNames, requireWhole } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { inTurn } from '../operators/in-turn.js';
import { TimePairing, type Pair, type Unpaired } from './time-pairing.js';
import { untilGone } from '../operators/until-gone.js';

/** Options of {@link pairByTime}. Times are in milliseconds. */
export interface PairByTimeOptions<A, B> {
  /** How far apart the two of a pair may be, that far included. */
  readonly toleranceMs: number;
  /**
   * By how much one stream may lag behind the other, so that an item comes after one of the other stream with a later
   * time. Partners are waited for that much longer; what comes later still may find its partner gone. With `Infinity`
   * only a stream itself tells that no earlier item comes. Default 0, which is right for times of arrival.
   */
  readonly latenessMs?: number;
  /** How many items of each stream may wait. Default 64. */
  readonly maxWaiting?: number;
  /** The time of an item. Within a stream it never goes back. Default: its `receivedAt`. */
  readonly timeOfA?: (item: A) => number;
  readonly timeOfB?: (item: B) => number;
}

/** {@link PairByTimeOptions} where the items say when they were received, so that the times need not be given. */
export type TimesOf<A, B> = (A extends { readonly receivedAt: number }
  ? unknown
  : { readonly timeOfA: (item: A) => number }) &
  (B extends { readonly receivedAt: number } ? unknown : { readonly timeOfB: (item: B) => number });

/**
 * Pairs the items of two streams by time: frames and the readings of a sensor, the frames of two cameras.
 *
 * Emits a `Pair` of two items that are neighbours in time, one of each stream, and no more than `toleranceMs` apart;
 * where an item could go with the one before it or the one behind, the nearest are paired first, of equally near ones the
 * earlier. Every other item is emitted as `Unpaired`, with the reason. All come in the order of time and each item once,
 * so what is dropped can be counted. A pair comes as soon as no nearer item can: at once if the times are equal, else with
 * an item of either stream that is late enough.
 *
 * Subscribes to both. Completes when one has completed and has nothing waiting any more; errors with either. Holds at most
 * `maxWaiting` items of each.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when a number is out of its limits.
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
  options: PairByTimeOptions<A, B> & TimesOf<A, B>,
): Observable<Pair<A, B> | Unpaired<A, B>> {
  requireOptions('pairByTime', options, KNOWN);
  const {
    toleranceMs,
    latenessMs = 0,
    maxWaiting = 64,
    timeOfA = receivedAt,
    timeOfB = receivedAt,
  }: PairByTimeOptions<A, B> = options;
  if (!(toleranceMs >= 0 && latenessMs >= 0)) {
    throw new OpenMVError('INVALID_ARGUMENT', `toleranceMs and latenessMs are milliseconds from 0 on`);
  }
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

function receivedAt(item: unknown): number {
  return (item as { readonly receivedAt: number }).receivedAt;
}

const KNOWN: OptionNames<PairByTimeOptions<never, never>> = {
  toleranceMs: true,
  latenessMs: true,
  maxWaiting: true,
  timeOfA: true,
  timeOfB: true,
};

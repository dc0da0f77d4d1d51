import { auditTime, map, startWith, switchMap, timer, type MonoTypeOperatorFunction } from 'rxjs';

/** After this long without a frame there is no rate any more. */
const SILENCE_MS = 2000;
/** People read a figure no faster. */
const SHOWN_MS = 250;

/** A rate for each frame, as a figure to read: it falls to 0 when no frame comes. */
export function readable(): MonoTypeOperatorFunction<number> {
  return (rates$) =>
    rates$.pipe(
      switchMap((rate) =>
        timer(SILENCE_MS).pipe(
          map(() => 0),
          startWith(rate),
        ),
      ),
      auditTime(SHOWN_MS),
    );
}

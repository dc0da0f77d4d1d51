import { auditTime, map, startWith, switchMap, timer, type MonoTypeOperatorFunction } from 'rxjs';

/** After this long without a frame the rate is 0. */
const SILENCE_MS = 2000;
/** Each figure stays at least this long, so that people can read it. */
const SHOWN_MS = 250;

/** Turns a rate per frame into a figure that people can read. It falls to 0 when no frame arrives. */
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

import { concat, map, of, scan, switchMap, timer, type OperatorFunction } from 'rxjs';

/** Arrivals older than this do not count any more. */
const windowMs = 2000;

/** How many values a second arrive, from when each did; 0 when none has come for two seconds. */
export function framesPerSecond(): OperatorFunction<unknown, number> {
  return (source) =>
    source.pipe(
      map(() => performance.now()),
      scan((arrivals: number[], now) => [...arrivals.filter((then) => now - then < windowMs), now], []),
      map((arrivals) => ((arrivals.length - 1) * 1000) / Math.max(1, (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0))),
      switchMap((rate) => concat(of(rate), timer(windowMs).pipe(map(() => 0)))),
    );
}

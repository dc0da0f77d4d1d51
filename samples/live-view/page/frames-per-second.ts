import { concat, map, of, scan, switchMap, timer, type OperatorFunction } from 'rxjs';

/** Older arrivals no longer count. */
const windowMs = 2000;

/** Emits the number of values per second, from the times of their arrivals; 0 after two seconds without a value. */
export function framesPerSecond(): OperatorFunction<unknown, number> {
  return (source) =>
    source.pipe(
      map(() => performance.now()),
      scan((arrivals: number[], now) => [...arrivals.filter((then) => now - then < windowMs), now], []),
      map((arrivals) => ((arrivals.length - 1) * 1000) / Math.max(1, (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0))),
      switchMap((rate) => concat(of(rate), timer(windowMs).pipe(map(() => 0)))),
    );
}

import { NEVER, switchMap, timer, type Observable, type SchedulerLike } from 'rxjs';

/** Platform timers end at once if the delay exceeds 24 days. */
const LONGEST_MS = 0x3fff_ffff;

/** Emits after any number of milliseconds and completes. Never emits for `Infinity`. */
export function after(ms: number, scheduler: SchedulerLike): Observable<0> {
  if (ms === Infinity) return NEVER;
  if (ms <= LONGEST_MS) return timer(ms, scheduler);
  return timer(LONGEST_MS, scheduler).pipe(switchMap(() => after(ms - LONGEST_MS, scheduler)));
}

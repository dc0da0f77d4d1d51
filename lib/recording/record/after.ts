import { NEVER, switchMap, timer, type Observable, type SchedulerLike } from 'rxjs';

/** A platform's timer that is asked for more than 24 days ends at once. */
const LONGEST_MS = 0x3fff_ffff;

/** Emits after so many milliseconds, however many they are, and completes; never where they are infinite. */
export function after(ms: number, scheduler: SchedulerLike): Observable<0> {
  if (ms === Infinity) return NEVER;
  if (ms <= LONGEST_MS) return timer(ms, scheduler);
  return timer(LONGEST_MS, scheduler).pipe(switchMap(() => after(ms - LONGEST_MS, scheduler)));
}

import { asyncScheduler, type SchedulerLike } from 'rxjs';

// Browsers and Node both have it; the core is compiled without the types of either.
declare const performance: { readonly timeOrigin: number; now(): number };

/**
 * The platform's timers, and a clock that only goes forward: milliseconds since 1970 as they were when the program began,
 * in fractions, whatever is done to the clock on the wall meanwhile. That of `asyncScheduler` is the wall's.
 */
export const monotonicScheduler: SchedulerLike = {
  now: () => performance.timeOrigin + performance.now(),
  schedule: asyncScheduler.schedule.bind(asyncScheduler),
};

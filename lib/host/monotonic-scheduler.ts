import { asyncScheduler, type SchedulerLike } from 'rxjs';

// Browsers and Node both have it, but the core is compiled without the types of either.
declare const performance: { readonly timeOrigin: number; now(): number };

/** Ignored differences: two millisecond clocks differ by chance and drift apart. */
const TOLERATED_MS = 20;
/** If the wall clock is ahead by more than this, follow it at once: the computer has probably slept. */
const SLEWED_MS = 3000;
/** The speed of the clock while it is behind the wall clock, and while it is ahead of it. */
const CATCHING_UP = 2;
const WAITING = 0.1;

/**
 * A clock that shows the time of day and never goes back. It runs at the speed of `steady`, and follows `wall` when that is set. If `wall`
 * is set forward by up to three seconds, this clock runs twice as fast until it is right; by more, it jumps. If `wall` is set back, it
 * runs at a tenth of its speed until it is right.
 */
export function followingClock(steady: () => number, wall: () => number): () => number {
  let seen: { readonly steady: number; readonly shown: number } | undefined;
  return () => {
    const now = steady();
    const passed = seen === undefined ? 0 : Math.max(now - seen.steady, 0);
    const expected = seen === undefined ? now : seen.shown + passed;
    const behind = wall() - expected;
    let shown = expected;
    if (behind > SLEWED_MS || (seen === undefined && Math.abs(behind) > TOLERATED_MS)) shown += behind;
    else if (behind > TOLERATED_MS) shown += Math.min(behind, passed * (CATCHING_UP - 1));
    else if (behind < -TOLERATED_MS) shown -= Math.min(-behind, passed * (1 - WAITING));
    seen = { steady: now, shown };
    return shown;
  };
}

const schedule = asyncScheduler.schedule.bind(asyncScheduler);

/** The platform's timers, and a clock that can't be set: for durations. */
export const steadyScheduler: SchedulerLike = { now: () => performance.timeOrigin + performance.now(), schedule };

/**
 * A scheduler with the platform's timers and a clock that never goes back: milliseconds since 1970, with fractions. When the computer's clock is set, for
 * example by NTP, or after a sleep, this clock follows within a few seconds. When the computer's clock is set back, this one runs
 * slowly until it is right. The clock of RxJS's `asyncScheduler` jumps instead.
 */
export const monotonicScheduler: SchedulerLike = {
  now: followingClock(
    () => steadyScheduler.now(),
    () => Date.now(),
  ),
  schedule,
};

/** The scheduler for durations: the given one, or a clock that can't be set instead of {@link monotonicScheduler}. */
export function steadied(scheduler: SchedulerLike = monotonicScheduler): SchedulerLike {
  return scheduler === monotonicScheduler ? steadyScheduler : scheduler;
}

/** The time of day for a {@link steadied} scheduler, for values that are stored or shown. */
export function timeOfDay(scheduler: SchedulerLike): number {
  return scheduler === steadyScheduler ? monotonicScheduler.now() : scheduler.now();
}

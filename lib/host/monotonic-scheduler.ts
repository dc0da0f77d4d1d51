import { asyncScheduler, type SchedulerLike } from 'rxjs';

// Browsers and Node both have it; the core is compiled without the types of either.
declare const performance: { readonly timeOrigin: number; now(): number };

/** Readings of two clocks in milliseconds differ by chance, and drift apart. */
const TOLERATED_MS = 20;
/** A clock that was set forward by more is followed at once: a computer that slept has missed that time. */
const SLEWED_MS = 3000;
/** The speed of the clock while it is behind, and while it is ahead. */
const CATCHING_UP = 2;
const WAITING = 0.1;

/**
 * A clock that shows the time of day and never goes back: it passes as `steady` does, and follows `wall` when somebody sets that.
 * Setting it forward by up to three seconds makes it twice as fast until it is there, by more moves it at once. Setting it back
 * makes it ten times as slow until the wall clock is there.
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

/** The platform's timers, and a clock that nobody can set: for durations. */
export const steadyScheduler: SchedulerLike = { now: () => performance.timeOrigin + performance.now(), schedule };

/**
 * The platform's timers, and a clock that never goes back: milliseconds since 1970, in fractions. It follows the computer's
 * clock within some seconds when that is set, as by NTP, and after a sleep; when that is set back, this one goes slowly until it is
 * right again. The clock of `asyncScheduler` jumps.
 */
export const monotonicScheduler: SchedulerLike = {
  now: followingClock(
    () => steadyScheduler.now(),
    () => Date.now(),
  ),
  schedule,
};

/** A scheduler for durations: as given, but no clock of the platform that somebody may set. */
export function steadied(scheduler: SchedulerLike = monotonicScheduler): SchedulerLike {
  return scheduler === monotonicScheduler ? steadyScheduler : scheduler;
}

/** The time of day by a {@link steadied} scheduler, for what is kept or shown. */
export function timeOfDay(scheduler: SchedulerLike): number {
  return scheduler === steadyScheduler ? monotonicScheduler.now() : scheduler.now();
}

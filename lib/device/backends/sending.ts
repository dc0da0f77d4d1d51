import { NEVER, type Observable, type SchedulerLike, switchMap, take, timer } from 'rxjs';
import { LONGEST_TIMER_MS } from '../../arguments.js';

/** Sends an event without acknowledgement. False if there is no host, or the host has switched events off. */
export function isSent(event$: Observable<void>): boolean {
  let sent = false;
  event$.subscribe({ complete: () => (sent = true), error: () => undefined });
  return sent;
}

/** Subscribes to `work$` while a host is attached, and again for the next host. */
export function whileAttached<T>(attached$: Observable<boolean>, work$: Observable<T>): Observable<T> {
  return attached$.pipe(switchMap((attached) => (attached ? work$ : NEVER)));
}

/** Emits once, after a host has been attached for `ms` without a break. */
export function attachedFor(attached$: Observable<boolean>, ms: number, scheduler: SchedulerLike): Observable<unknown> {
  return whileAttached(attached$, timer(Math.min(ms, LONGEST_TIMER_MS), scheduler)).pipe(take(1));
}

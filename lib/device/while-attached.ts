import { NEVER, switchMap, take, timer, type Observable, type SchedulerLike } from 'rxjs';
import { LONGEST_TIMER_MS } from './ack-wait.js';

/** What goes on only while a host is there, begun anew with the next: a camera that nobody looks at sleeps. */
export function whileAttached<T>(attached$: Observable<boolean>, work$: Observable<T>): Observable<T> {
  return attached$.pipe(switchMap((attached) => (attached ? work$ : NEVER)));
}

/** Emits once, when a host was there for so long without a break. */
export function attachedFor(attached$: Observable<boolean>, ms: number, scheduler: SchedulerLike): Observable<unknown> {
  return whileAttached(attached$, timer(Math.min(ms, LONGEST_TIMER_MS), scheduler)).pipe(take(1));
}

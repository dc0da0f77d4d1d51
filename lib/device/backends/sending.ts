import { NEVER, type Observable, type SchedulerLike, switchMap, take, timer } from 'rxjs';
import { LONGEST_TIMER_MS } from '../stack/ack-wait.js';

/** Whether an event that waits for no acknowledgement has gone out: there is a host, and it wants events. */
export function isSent(event$: Observable<void>): boolean {
  let sent = false;
  event$.subscribe({ complete: () => (sent = true), error: () => undefined });
  return sent;
}

/** What goes on only while a host is there, begun anew with the next: a camera that nobody looks at sleeps. */
export function whileAttached<T>(attached$: Observable<boolean>, work$: Observable<T>): Observable<T> {
  return attached$.pipe(switchMap((attached) => (attached ? work$ : NEVER)));
}

/** Emits once, when a host was there for so long without a break. */
export function attachedFor(attached$: Observable<boolean>, ms: number, scheduler: SchedulerLike): Observable<unknown> {
  return whileAttached(attached$, timer(Math.min(ms, LONGEST_TIMER_MS), scheduler)).pipe(take(1));
}

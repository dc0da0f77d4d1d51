import type { Observable } from 'rxjs';

/** Whether an event that waits for no acknowledgement has gone out: there is a host, and it wants events. */
export function isSent(event$: Observable<void>): boolean {
  let sent = false;
  event$.subscribe({ complete: () => (sent = true), error: () => undefined });
  return sent;
}

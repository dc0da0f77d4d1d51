import { asyncScheduler, defer, exhaustMap, ignoreElements, interval, type Observable, type SchedulerLike } from 'rxjs';
import type { Port } from './port.js';
import { hasNoLines } from './modem-lines.js';

const LOOK_EVERY_MS = 200;

/**
 * Asks a port again and again whether it is still there; errors when it has hung up, and does nothing else.
 *
 * For the binding's own reading, which takes the 0 bytes of a tty that hung up for nothing yet, and reads on for ever.
 */
export function hangUp(port: Pick<Port, 'get'>, scheduler: SchedulerLike = asyncScheduler): Observable<never> {
  return interval(LOOK_EVERY_MS, scheduler).pipe(
    exhaustMap(() => defer(() => look(port))),
    ignoreElements(),
  );
}

async function look(port: Pick<Port, 'get'>): Promise<void> {
  try {
    await port.get();
  } catch (error) {
    if (!hasNoLines(error)) throw error;
  }
}

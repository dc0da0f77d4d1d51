import { from, type Subscription } from 'rxjs';
import type { Effect, Pending, Task } from './task.js';

/** Waits for a back-end's answer and hands over how to go on with the task: its last value, or its error. */
export function settle(
  task: Task,
  answer: Pending,
  resumed: (resume: () => IteratorResult<Effect, void>) => void,
): Subscription {
  let last: unknown;
  return from(answer).subscribe({
    next: (value) => (last = value),
    error: (error: unknown) => resumed(() => task.throw(error)),
    complete: () => resumed(() => task.next(last)),
  });
}

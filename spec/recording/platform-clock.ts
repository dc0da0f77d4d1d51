import type { SchedulerAction, Subscription } from 'rxjs';
import { Clock } from '../device/clock.js';

/** A clock whose timers end as those of Node and of browsers do: after 1 ms where they are asked for more than 32 bits hold. */
export class PlatformClock extends Clock {
  override schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    return super.schedule(work, delay > 0x7fff_ffff ? 1 : delay, state);
  }
}

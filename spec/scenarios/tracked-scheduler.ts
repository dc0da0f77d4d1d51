import type { SchedulerAction, SchedulerLike, Subscription } from 'rxjs';

/** A scheduler that knows what was scheduled through it and has neither happened nor been called off. */
export class TrackedScheduler implements SchedulerLike {
  readonly #pending = new Set<symbol>();

  constructor(private readonly scheduler: SchedulerLike) {}

  get pending(): number {
    return this.#pending.size;
  }

  now(): number {
    return this.scheduler.now();
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription {
    const pending = this.#pending;
    const action = Symbol('action');
    pending.add(action);
    const tracked = function (this: SchedulerAction<T>, given?: T): void {
      pending.delete(action);
      work.call(this, given);
    };
    const scheduled =
      state === undefined ? this.scheduler.schedule(tracked, delay) : this.scheduler.schedule(tracked, delay, state);
    scheduled.add(() => pending.delete(action));
    return scheduled;
  }
}

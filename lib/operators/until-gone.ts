import { Observable, takeUntil, type MonoTypeOperatorFunction, type Subscription } from 'rxjs';

/**
 * Leaves the source in the moment in which `subscriber` goes. A teardown alone comes too late for a source that emits
 * while it is being subscribed to: there is nothing to tear down before it is done.
 */
export function untilGone<T>(subscriber: Subscription): MonoTypeOperatorFunction<T> {
  return takeUntil(new Observable<void>((gone) => subscriber.add(() => gone.next())));
}

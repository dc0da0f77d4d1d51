import { Observable, takeUntil, type MonoTypeOperatorFunction, type Subscription } from 'rxjs';

/**
 * Unsubscribes from the source as soon as `subscriber` unsubscribes. A teardown is too late for a source that emits during
 * its subscription, because the subscription does not exist yet.
 */
export function untilGone<T>(subscriber: Subscription): MonoTypeOperatorFunction<T> {
  return takeUntil(new Observable<void>((gone) => subscriber.add(() => gone.next())));
}

import type { Camera } from 'openmv-rx';
import { filter, retry, switchMap, take, timer, type MonoTypeOperatorFunction } from 'rxjs';

/** The pause before another attempt, in milliseconds. */
const PAUSE_MS = 1000;

/**
 * Subscribes again to a source that has failed, when the camera is ready again. It opens no link: the camera's other subscribers
 * decide whether a lost link is reopened.
 *
 * @param said receives each error
 */
export function againWhenReady<T>(
  camera: Camera,
  said: (error: unknown) => void = () => undefined,
): MonoTypeOperatorFunction<T> {
  return retry({
    delay: (error: unknown) => {
      said(error);
      return timer(PAUSE_MS).pipe(
        switchMap(() => camera.state$),
        filter(({ state }) => state === 'ready'),
        take(1),
      );
    },
  });
}

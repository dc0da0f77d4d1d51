import type { Camera } from 'openmv-rx';
import { filter, retry, switchMap, take, timer, type MonoTypeOperatorFunction } from 'rxjs';

/** How long what has failed is left alone. */
const PAUSE_MS = 1000;

/**
 * Subscribes again to what has failed, when the camera can be asked again. It opens no link by itself: whether one that was lost
 * is tried again is for those to decide who have opened it.
 *
 * @param said is told why
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

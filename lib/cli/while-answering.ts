import {
  exhaustMap,
  ignoreElements,
  type MonoTypeOperatorFunction,
  NEVER,
  Observable,
  switchMap,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import { OpenMVError } from '../errors.js';
import type { Camera } from '../index.js';

const ASK_EVERY_MS = 500;
/** Shorter than the camera's own deadlines, behind which it tries once more. */
const SILENT_MS = 2500;

/**
 * For work that may wait for the camera for any time: errors with `LINK_LOST` when the camera does not answer for
 * 2.5 seconds, as when it has vanished from a network without a word. Asks twice a second.
 */
export function whileAnswering<T>(camera: Camera): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      subscriber.add(silence(camera).subscribe({ error: (error: unknown) => subscriber.error(error) }));
      subscriber.add(source.subscribe(subscriber));
    });
}

/** While it opens or reboots, the link itself has a deadline. */
function silence(camera: Camera): Observable<never> {
  return camera.state$.pipe(
    switchMap(({ state }) => (state === 'ready' ? timer(ASK_EVERY_MS, ASK_EVERY_MS) : NEVER)),
    exhaustMap(() =>
      camera
        .channel('stdout')
        .poll()
        .pipe(timeout({ first: SILENT_MS, with: () => throwError(unanswered) })),
    ),
    ignoreElements(),
  );
}

function unanswered(): OpenMVError {
  return new OpenMVError('LINK_LOST', `the camera has not answered for ${SILENT_MS / 1000} seconds`);
}

import {
  exhaustMap,
  filter,
  ignoreElements,
  merge,
  type MonoTypeOperatorFunction,
  NEVER,
  Observable,
  share,
  switchMap,
  takeUntil,
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
 * 2.5 seconds and sends nothing else either, as when it has vanished from a network without a word. Asks twice a second.
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
    exhaustMap(() => {
      const answer$ = camera.channel('stdout').poll().pipe(share());
      // A long reply that is under way holds the answer up.
      const received$ = camera.trace$.pipe(filter(({ kind }) => kind === 'received'));
      return merge(received$.pipe(takeUntil(answer$)), answer$).pipe(
        timeout({ each: SILENT_MS, with: () => throwError(unanswered) }),
      );
    }),
    ignoreElements(),
  );
}

function unanswered(): OpenMVError {
  return new OpenMVError('LINK_LOST', `the camera has not answered for ${SILENT_MS / 1000} seconds`);
}

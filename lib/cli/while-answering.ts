import {
  catchError,
  EMPTY,
  exhaustMap,
  filter,
  ignoreElements,
  map,
  merge,
  type MonoTypeOperatorFunction,
  NEVER,
  Observable,
  switchMap,
  take,
  throttleTime,
  timer,
} from 'rxjs';
import { OpenMVError } from '../errors.js';
import type { Camera } from '../index.js';

const ASK_EVERY_MS = 500;

/**
 * Errors with `LINK_LOST` when the camera does not answer for `silentMs` and sends nothing else either, as when it has
 * vanished from a network without a word. Asks twice a second. It is for work that may wait for the camera for any time.
 */
export function whileAnswering<T>(camera: Camera, silentMs: number): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      subscriber.add(silence(camera, silentMs).subscribe({ error: (error: unknown) => subscriber.error(error) }));
      subscriber.add(source.subscribe(subscriber));
    });
}

/** Asks the camera once, and errors when it does not answer. It is for work that ends by its time. */
export function stillAnswers(camera: Camera): Observable<never> {
  return camera.channel('stdout').poll().pipe(ignoreElements());
}

/** Counts from the first session on: the opening has a deadline of its own. */
function silence(camera: Camera, silentMs: number): Observable<never> {
  const asked$ = camera.state$.pipe(
    switchMap(({ state }) => (state === 'ready' ? timer(ASK_EVERY_MS, ASK_EVERY_MS) : NEVER)),
    // The work hears by itself when the link is lost.
    exhaustMap(() => stillAnswers(camera).pipe(catchError(() => EMPTY))),
  );
  // A long reply delays the answer. A link that opens its session anew, because nothing came, is still silent.
  const heard$ = merge(
    camera.trace$.pipe(filter(({ kind }) => kind === 'received')),
    camera.state$.pipe(filter(({ state }) => state === 'ready' || state === 'rebooting')),
  );
  const silent$ = heard$.pipe(
    // Frames are thousands of packets a second.
    throttleTime(ASK_EVERY_MS),
    switchMap(() => timer(silentMs + ASK_EVERY_MS)),
    take(1),
    map(() => {
      throw unanswered(silentMs);
    }),
  );
  return merge(asked$, silent$);
}

function unanswered(silentMs: number): OpenMVError {
  return new OpenMVError('LINK_LOST', `the camera has not answered for ${silentMs / 1000} s (--timeout)`);
}

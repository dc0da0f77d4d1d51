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

const POLL_EVERY_MS = 500;

/**
 * Errors with `LINK_LOST` when the camera has been silent for `silentMs`, for example because it vanished from the network.
 * Polls it twice a second. Use it for work that may wait for the camera without a limit.
 */
export function failWhenSilent<T>(camera: Camera, silentMs: number): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      subscriber.add(silence(camera, silentMs).subscribe({ error: (error: unknown) => subscriber.error(error) }));
      subscriber.add(source.subscribe(subscriber));
    });
}

/** Polls the camera once, and errors when it does not answer. Use it after work that ends by time. */
export function checkAlive(camera: Camera): Observable<never> {
  return camera.channel('stdout').poll().pipe(ignoreElements());
}

/** Starts with the first session: the opening has its own timeout. */
function silence(camera: Camera, silentMs: number): Observable<never> {
  const polled$ = camera.state$.pipe(
    switchMap(({ state }) => (state === 'ready' ? timer(POLL_EVERY_MS, POLL_EVERY_MS) : NEVER)),
    // The work itself reports a lost link.
    exhaustMap(() => checkAlive(camera).pipe(catchError(() => EMPTY))),
  );
  // A long reply delays the answer to a poll, so any packet counts. A link that reopens its session is still silent.
  const received$ = merge(
    camera.trace$.pipe(filter(({ kind }) => kind === 'received')),
    camera.state$.pipe(filter(({ state }) => state === 'ready' || state === 'rebooting')),
  );
  const silent$ = received$.pipe(
    // Frames can bring thousands of packets a second.
    throttleTime(POLL_EVERY_MS),
    switchMap(() => timer(silentMs + POLL_EVERY_MS)),
    take(1),
    map(() => {
      throw silenceError(silentMs);
    }),
  );
  return merge(polled$, silent$);
}

function silenceError(silentMs: number): OpenMVError {
  return new OpenMVError('LINK_LOST', `the camera has not answered for ${silentMs / 1000} s (--timeout)`);
}

import {
  concat,
  connect,
  defer,
  delay,
  filter,
  first,
  ignoreElements,
  map,
  merge,
  Observable,
  race,
  repeat,
  switchMap,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import type { Camera, Traceback, WriteProgress } from '../../index.js';
import { lastTraceback, withoutRebootNote } from './script-end.js';

/** What becomes of a script. */
export type ScriptEvent = WriteProgress | { readonly text: string } | { readonly ended: Traceback | undefined };

/** A camera that has ended a script has begun to reboot by then. */
const REBOOT_WITHIN_MS = 500;
/** How often a camera is asked whether there is more of the script's text, and how long at most. */
const LOOK_MS = 50;
const REST_WITHIN_MS = 2000;

/**
 * Runs a script and follows it to its end. Emits the progress of the upload, then what the script prints, and as the last
 * the traceback it has ended with, if it has. Errors as `Camera.run` does, and when the link is lost.
 *
 * ```
 *   stop what runs ── read its text away ── upload, start ── the script ends ── the camera reboots ── read the rest
 *                                           └── text that is the script's ─────────────────────────────────────┘
 * ```
 *
 * @param start `camera.run(…)`
 */
export function followedScript(camera: Camera, start: Observable<WriteProgress>): Observable<ScriptEvent> {
  const before$ = concat(camera.stop(), camera.channel('stdout').read()).pipe(ignoreElements());
  return concat(before$, own(camera, start)).pipe(
    connect((event$) =>
      merge(
        event$,
        event$.pipe(
          filter((event) => 'text' in event),
          map(({ text }) => text),
          lastTraceback(),
          map((ended) => ({ ended })),
        ),
      ),
    ),
  );
}

function own(camera: Camera, start: Observable<WriteProgress>): Observable<WriteProgress | { text: string }> {
  return new Observable((subscriber) => {
    let isOver = false;
    let rest = '';
    const error = (reason: unknown): void => subscriber.error(reason);
    const next = (text: string): void => {
      // The last of it ends with the camera's own note of the reboot.
      if (isOver) rest += text;
      else subscriber.next({ text });
    };
    const course$ = concat(
      start.pipe(tap((progress) => subscriber.next(progress))),
      defer(() => scriptEnd(camera)).pipe(tap(() => (isOver = true))),
      defer(() => textRead(camera)),
    );
    subscriber.add(camera.stdout$.subscribe({ next, error }));
    subscriber.add(
      course$.subscribe({
        error,
        complete: () => {
          const text = withoutRebootNote(rest);
          if (text !== '') subscriber.next({ text });
          subscriber.complete();
        },
      }),
    );
  });
}

/** Every end of a script is a soft reboot (PROTOCOL 9). Where nobody has noticed that, there is no script any more. */
function scriptEnd(camera: Camera): Observable<unknown> {
  return race(
    camera.state$.pipe(filter(({ state }) => state === 'rebooting')),
    camera.running$.pipe(
      filter((running) => !running),
      delay(REBOOT_WITHIN_MS),
    ),
  ).pipe(first());
}

/** Until the camera has no text left, which outlives the reboot; what prints behind the script is not waited for. */
function textRead(camera: Camera): Observable<never> {
  return timer(LOOK_MS).pipe(
    switchMap(() => camera.channel('stdout').size()),
    repeat(),
    first((bytes) => bytes === 0),
    takeUntil(timer(REST_WITHIN_MS)),
    ignoreElements(),
  );
}

import {
  catchError,
  concat,
  connect,
  defer,
  delay,
  EMPTY,
  filter,
  first,
  ignoreElements,
  last,
  map,
  merge,
  of,
  type Observable,
  race,
  repeat,
  switchMap,
  takeUntil,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import { isOpenMVError, messageOf, OpenMVError } from '../../errors.js';
import type { Camera, Traceback, WriteProgress } from '../../index.js';
import { BannerSplitter } from '../../signals/skip-banner.js';
import { withAdvice } from '../output/failure.js';
import { failWhenSilent } from '../liveness.js';
import { lastTraceback } from './script-end.js';

/** Progress of the upload, text, or the end of a script. */
export type ScriptEvent = WriteProgress | { readonly text: string } | { readonly ended: Traceback | undefined };

/** Options of {@link followedScript}. */
export interface FollowOptions {
  /** The script. */
  readonly script: string;
  /** The longest silence of the camera, and the longest time to read the rest of the text. */
  readonly timeoutMs: number;
}

/** A camera begins to reboot within this time after a script ends. */
const REBOOT_WITHIN_MS = 500;
/** The pause between two polls for more of the script's text. */
const POLL_MS = 50;
/** A reboot prints the rest of its banner within this time, even if it sets up the sensor in between. */
const BANNER_WITHIN_MS = 1000;
/** The timeout for stopping a script after an error. */
const STOP_WITHIN_MS = 5000;
const MAY_STILL_RUN = 'the script may still be running: "openmv-rx stop" stops it';

/**
 * Runs a script and follows it to its end. Emits the progress of the upload, then the text that the script prints, and finally
 * the traceback with which it ended, if any.
 *
 * ```
 *   stop the old script ── read its text ── upload, start ── the script ends ── read its text
 *                                                └── the text of the script ─────────────────┘
 * ```
 *
 * Errors as `Camera.run` does, when the camera has not answered for `timeoutMs`, and when the link is lost. It then tries to
 * stop the script that it started, and the error says whether that worked. It also errors if not all text
 * could be read after the end of the script, and if the script disappeared without a soft reboot.
 *
 * @param start `camera.run(…)`
 */
export function followedScript(
  camera: Camera,
  start: Observable<WriteProgress>,
  { script, timeoutMs }: FollowOptions,
): Observable<ScriptEvent> {
  return defer(() => {
    let stage: 'before' | 'begun' | 'over' = 'before';
    const banners = new BannerSplitter();
    let hasRebooted = false;

    const ownText$ = camera.stdout$.pipe(
      map((piece) => banners.push(piece)),
      filter(() => stage !== 'before'),
      tap((parts) => (hasRebooted ||= parts.length > 1)),
      map((parts) => parts.join('')),
    );
    /** Emits the beginning of a banner whose rest does not come. */
    const bannerRest$ = concat(
      timer(0, POLL_MS).pipe(
        first(() => !banners.holds),
        takeUntil(timer(BANNER_WITHIN_MS)),
        ignoreElements(),
      ),
      defer(() => of(banners.end())),
    );
    const course$: Observable<WriteProgress | string> = concat(
      camera.stop().pipe(ignoreElements()),
      textRead(camera, timeoutMs),
      bannerRest$.pipe(ignoreElements()),
      start.pipe(tap(({ sent, total }) => (stage = sent === total ? 'begun' : 'before'))),
      scriptEnd(camera).pipe(
        tap((how) => {
          stage = 'over';
          hasRebooted ||= how === 'rebooting';
        }),
        ignoreElements(),
      ),
      textRead(camera, timeoutMs),
      bannerRest$,
      defer(() => (hasRebooted ? EMPTY : throwError(unknownEnd))),
    );
    const events$ = course$.pipe(
      connect((shared$) => merge(ownText$.pipe(takeUntil(shared$.pipe(last(null, '')))), shared$)),
      filter((event) => event !== ''),
      map((event) => (typeof event === 'string' ? { text: event } : event)),
      failWhenSilent(camera, timeoutMs),
      catchError((error: unknown) => {
        // If the camera refused to start the script, there is nothing to stop.
        if (stage === 'begun' && !isOpenMVError(error, 'NAK')) return givenUp(camera, error, timeoutMs);
        return throwError(() => (stage === 'over' ? unseenEnd(error) : error));
      }),
    );
    return events$.pipe(
      connect((event$) => {
        const text$ = event$.pipe(
          filter((event) => 'text' in event),
          map(({ text }) => text),
        );
        return merge(
          event$,
          text$.pipe(
            lastTraceback(script),
            map((ended) => ({ ended })),
          ),
        );
      }),
    );
  });
}

/**
 * Emits how the script ended. Every script ends with a soft reboot (PROTOCOL 9), but the event of that may be lost. When a camera is
 * restarted, its script is gone without one.
 */
function scriptEnd(camera: Camera): Observable<'rebooting' | 'gone'> {
  return race(
    camera.state$.pipe(
      filter(({ state }) => state === 'rebooting'),
      map(() => 'rebooting' as const),
    ),
    camera.running$.pipe(
      filter((running) => !running),
      delay(REBOOT_WITHIN_MS),
      map(() => 'gone' as const),
    ),
  ).pipe(first());
}

/** Completes when the camera has no text left. Text survives a reboot. */
function textRead(camera: Camera, timeoutMs: number): Observable<never> {
  return defer(() => camera.channel('stdout').size()).pipe(
    repeat({ delay: POLL_MS }),
    first((bytes) => bytes === 0),
    timeout({ first: timeoutMs, with: () => throwError(() => unread(timeoutMs)) }),
    ignoreElements(),
  );
}

/** Stops the script on request. If that fails, the error says that the script may still run. */
export function stoppedScript(camera: Camera, timeoutMs: number): Observable<never> {
  return camera.stop().pipe(
    ignoreElements(),
    failWhenSilent(camera, timeoutMs),
    catchError((error: unknown) => throwError(() => reworded(error, withAdvice(messageOf(error), MAY_STILL_RUN)))),
  );
}

/** Tries to stop the script, and errors with `error` and the outcome. */
function givenUp(camera: Camera, error: unknown, timeoutMs: number): Observable<never> {
  return camera.stop().pipe(
    timeout({ first: Math.min(timeoutMs, STOP_WITHIN_MS) }),
    map(() => 'the script is no longer running'),
    catchError(() => of(MAY_STILL_RUN)),
    switchMap((outcome) => throwError(() => reworded(error, withAdvice(messageOf(error), outcome)))),
  );
}

function unread(timeoutMs: number): OpenMVError {
  return new OpenMVError('TIMEOUT', `could not read all of the camera's text within ${timeoutMs / 1000} s`);
}

function unknownEnd(): OpenMVError {
  return new OpenMVError('LINK_LOST', 'the script disappeared without a soft reboot: was the camera restarted?');
}

function unseenEnd(cause: unknown): Error {
  return reworded(cause, `the end of the script was not seen, and it may have failed: ${messageOf(cause)}`);
}

/** Keeps the code, so that the advice still fits. */
function reworded(cause: unknown, message: string): Error {
  return isOpenMVError(cause) ? new OpenMVError(cause.code, message, { cause }) : new Error(message, { cause });
}

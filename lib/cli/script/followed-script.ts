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
import { whileAnswering } from '../while-answering.js';
import { lastTraceback } from './script-end.js';

/** Progress of the upload, text, or the end of a script. */
export type ScriptEvent = WriteProgress | { readonly text: string } | { readonly ended: Traceback | undefined };

/** Options of {@link followedScript}. */
export interface FollowOptions {
  /** The script that is run. */
  readonly script: string;
  /** The longest silence of the camera, and the longest time until the rest of the text is read. */
  readonly timeoutMs: number;
}

/** A camera that has ended a script has begun to reboot by then. */
const REBOOT_WITHIN_MS = 500;
/** The pause before a camera is asked again for more of the script's text. */
const LOOK_MS = 50;
/** A camera that sets up its sensor in the middle of a reboot prints the rest of its banner no later than this. */
const BANNER_WITHIN_MS = 1000;
/** The longest attempt to stop a script that is given up. */
const STOP_WITHIN_MS = 5000;
const MAY_STILL_RUN = 'the script may still run: "openmv-rx stop" stops it';

/**
 * Runs a script and follows it to its end. Emits the progress of the upload, then what the script prints, and as the last
 * the traceback it has ended with, if it has.
 *
 * ```
 *   stop what runs ── until its text is read ── upload, start ── the script ends ── until its text is read
 *                                                └── text that is the script's ──────────────────────────┘
 * ```
 *
 * Errors as `Camera.run` does, when the camera does not answer for `timeoutMs`, and when the link is lost. It then tries to
 * stop the script that it has started, and the error says whether that worked. It also errors when the script has ended
 * and not all of its text was read, and when the script is gone without a soft reboot.
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
      timer(0, LOOK_MS).pipe(
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
      whileAnswering(camera, timeoutMs),
      catchError((error: unknown) => {
        // A camera that has refused to start it has nothing to stop.
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
 * Emits how the script ended. Every end is a soft reboot (PROTOCOL 9), but its event may be lost. A script on a camera that
 * was restarted is gone without one.
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

/** Completes when the camera has no text left. Text outlives the reboot. */
function textRead(camera: Camera, timeoutMs: number): Observable<never> {
  return defer(() => camera.channel('stdout').size()).pipe(
    repeat({ delay: LOOK_MS }),
    first((bytes) => bytes === 0),
    timeout({ first: timeoutMs, with: () => throwError(() => unread(timeoutMs)) }),
    ignoreElements(),
  );
}

/** Stops the script that was started, as it was asked for. Errors, and says that the script may still run, where it can't. */
export function stoppedScript(camera: Camera, timeoutMs: number): Observable<never> {
  return camera.stop().pipe(
    ignoreElements(),
    whileAnswering(camera, timeoutMs),
    catchError((error: unknown) => throwError(() => reworded(error, withAdvice(messageOf(error), MAY_STILL_RUN)))),
  );
}

/** Tries to stop the script, and errors with `error` and the outcome of that. */
function givenUp(camera: Camera, error: unknown, timeoutMs: number): Observable<never> {
  return camera.stop().pipe(
    timeout({ first: Math.min(timeoutMs, STOP_WITHIN_MS) }),
    map(() => 'the script does not run any more'),
    catchError(() => of(MAY_STILL_RUN)),
    switchMap((outcome) => throwError(() => reworded(error, withAdvice(messageOf(error), outcome)))),
  );
}

function unread(timeoutMs: number): OpenMVError {
  return new OpenMVError('TIMEOUT', `not all of the camera's text was read within ${timeoutMs / 1000} s`);
}

function unknownEnd(): OpenMVError {
  return new OpenMVError(
    'LINK_LOST',
    'the script is gone without a soft reboot, so the camera may have been restarted',
  );
}

function unseenEnd(cause: unknown): Error {
  return reworded(cause, `the end of the script was not seen, so it may have failed: ${messageOf(cause)}`);
}

/** An error of the same code, so that what is advised fits. */
function reworded(cause: unknown, message: string): Error {
  return isOpenMVError(cause) ? new OpenMVError(cause.code, message, { cause }) : new Error(message, { cause });
}

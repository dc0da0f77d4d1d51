import {
  catchError,
  concat,
  defer,
  delay,
  distinctUntilChanged,
  EMPTY,
  exhaustMap,
  filter,
  ignoreElements,
  map,
  merge,
  NEVER,
  of,
  race,
  repeat,
  ReplaySubject,
  retry,
  share,
  switchMap,
  take,
  tap,
  throwError,
  timeout,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { isOpenMVError, messageOf, OpenMVError } from '../../errors.js';
import { StdinRequest } from '../../wire/payloads/index.js';
import type { CameraSettings } from '../camera-options.js';
import type { ChannelAccess } from '../channel/channel-access.js';
import { commands } from '../link/command.js';
import type { Session } from '../session/session.js';
import { anywhere, writeAll, type WriteProgress, isReady } from '../channel/transfer.js';
import type { ScriptValue } from './literal.js';

/** The most uploads of one script. It is uploaded again if a reply is lost, because the camera's buffer may then hold a piece twice or not at all. */
const MAX_UPLOADS = 4;
/** The most attempts to stop a script if another one runs again at once. */
const MAX_STOPS = 3;
/** The interval for polling whether a script has stopped or started. */
const POLL_MS = 200;
/** The interval for polling in `running$`. */
const RUNNING_POLL_MS = 1000;

/** Options of `Camera.run`. */
export interface RunOptions {
  /**
   * Values for parameters that the script declares as `NAME = value  # param`. Default: the declared values. The declared value sets
   * the type: an integer, a float (which accepts integers, too), a string, or a boolean.
   */
  readonly parameters?: Readonly<Record<string, ScriptValue>>;
  /** If `true`, `run` completes when the script has started; if `false`, when the camera has acknowledged the command. Default `true`. */
  readonly waitForStart?: boolean;
}

/** Runs and stops scripts. The camera reboots softly after each script (PROTOCOL 9). */
export class Scripts {
  /** Emits whether a script runs, then each change. The camera's events may be lost, so it is also polled once a second. Hot and shared. */
  readonly running$: Observable<boolean>;

  readonly #access: ChannelAccess;
  readonly #settings: CameraSettings;

  constructor(access: ChannelAccess, settings: CameraSettings) {
    this.#access = access;
    this.#settings = settings;
    this.running$ = runningScripts(access, settings.scheduler);
  }

  /** Stops the script, if one runs. Completes after the reboot that follows. */
  stop(): Observable<never> {
    return this.#access.inTurn('stdin', this.#stopNow());
  }

  /** Stops the current script, uploads and executes. Completes when the script has started, or when EXEC is acknowledged. */
  run(script: Uint8Array, waitForStart: boolean): Observable<WriteProgress> {
    const once = concat(
      this.#stopNow(),
      this.#access.whenRegistered('stdin', (session, { id }) =>
        isReady(session, id).pipe(
          switchMap((running) =>
            running
              ? throwError(() => new StartedByAnother())
              : concat(this.#upload(session, id, script), this.#execute(session, id, waitForStart)),
          ),
        ),
      ),
    );
    return this.#access.inTurn(
      'stdin',
      once.pipe(
        // Another host started a script, or the camera was reset and runs its own. EXEC would then lose the upload (PROTOCOL 9).
        retry({
          count: MAX_STOPS,
          delay: (error: unknown) => (error instanceof StartedByAnother ? of('again') : throwError(() => error)),
        }),
      ),
    );
  }

  #stopNow(): Observable<never> {
    const { commandTimeoutMs, scheduler } = this.#settings;
    const stopped = (stopping: Session): Observable<unknown> =>
      race(
        this.#access.session$.pipe(filter((next) => next !== undefined && next !== stopping)),
        // The camera's own main script may end without a reboot. Other scripts reboot shortly after their end, which would lose an
        // upload in between.
        timer(POLL_MS, scheduler).pipe(
          switchMap(() => this.#access.whenRegistered('stdin', (session, { id }) => isReady(session, id))),
          repeat(),
          filter((running) => !running),
          take(1),
          delay(POLL_MS, scheduler),
        ),
      );
    return this.#access
      .whenRegistered('stdin', (session, { id }) =>
        isReady(session, id).pipe(
          switchMap((running) =>
            running ? session.request(commands.ioctl(id, StdinRequest.STOP, undefined, 'always')) : EMPTY,
          ),
          map(() => session),
        ),
      )
      .pipe(
        switchMap(stopped),
        take(1),
        timeout({
          first: 2 * commandTimeoutMs,
          scheduler,
          with: () => throwError(() => notStopped(2 * commandTimeoutMs)),
        }),
        ignoreElements(),
      );
  }

  #upload(session: Session, stdin: number, script: Uint8Array): Observable<WriteProgress> {
    return concat(
      session.request(commands.ioctl(stdin, StdinRequest.RESET, undefined, 'always')).pipe(ignoreElements()),
      writeAll(session, stdin, script, anywhere),
    ).pipe(
      // The buffer may hold the last piece once, twice or not at all: clear it and upload again.
      retry({
        count: MAX_UPLOADS - 1,
        delay: (error: unknown) => (isOpenMVError(error, 'OUTCOME_UNKNOWN') ? of('again') : throwError(() => error)),
      }),
    );
  }

  #execute(session: Session, stdin: number, waitForStart: boolean): Observable<never> {
    return defer(() => {
      const { commandTimeoutMs, scheduler } = this.#settings;
      let acknowledged = false;
      const executed = session.request(commands.ioctl(stdin, StdinRequest.EXEC, undefined, 'never')).pipe(
        tap(() => (acknowledged = true)),
        // If the outcome is unknown, wait for the camera's event or a poll.
        catchError((error: unknown) => (isOpenMVError(error, 'OUTCOME_UNKNOWN') ? NEVER : throwError(() => error))),
        ignoreElements(),
      );
      // A `script-ended` before the acknowledgement belongs to another script. After it, this script may have run to its end, and
      // rebooted the camera, before its start was noticed.
      const begun = concat(
        session
          .eventsOf('stdin')
          .pipe(filter(({ kind }) => kind === 'script-started' || (kind === 'script-ended' && acknowledged))),
        defer(() => (acknowledged ? of('ended') : NEVER)),
      );
      const polled = timer(POLL_MS, scheduler).pipe(
        switchMap(() => isReady(session, stdin)),
        repeat(),
        filter((running) => running),
      );
      const accepted = defer(() => (acknowledged && !waitForStart ? of('accepted') : EMPTY));
      return merge(begun, polled, concat(executed, accepted)).pipe(
        take(1),
        timeout({ first: commandTimeoutMs, scheduler, with: () => throwError(() => notStarted(commandTimeoutMs)) }),
        catchError((error: unknown) => throwError(() => (isOpenMVError(error, 'NAK') ? error : notKnown(error)))),
        ignoreElements(),
      );
    });
  }
}

function runningScripts(access: ChannelAccess, scheduler: SchedulerLike): Observable<boolean> {
  return access
    .whileRegistered('stdin', (session, id) =>
      merge(
        timer(0, RUNNING_POLL_MS, scheduler).pipe(
          // After the end of this session, the next session polls.
          exhaustMap(() => isReady(session, id).pipe(catchError(() => EMPTY))),
        ),
        session.eventsOf('stdin').pipe(
          filter(({ kind }) => kind === 'script-started' || kind === 'script-ended'),
          map(({ kind }) => kind === 'script-started'),
        ),
      ),
    )
    .pipe(distinctUntilChanged(), share({ connector: () => new ReplaySubject<boolean>(1), resetOnRefCountZero: true }));
}

/** A script runs although this one was just stopped. */
class StartedByAnother extends Error {}

function notStopped(timeoutMs: number): OpenMVError {
  return new OpenMVError('TIMEOUT', `the camera's script did not stop within ${timeoutMs} ms. Reset the camera`);
}

function notKnown(cause: unknown): OpenMVError {
  return new OpenMVError(
    'OUTCOME_UNKNOWN',
    `the script was sent, but it is not known whether it started: ${messageOf(cause)}`,
    {
      cause,
    },
  );
}

function notStarted(timeoutMs: number): OpenMVError {
  return new OpenMVError('TIMEOUT', `the script was uploaded but did not start within ${timeoutMs} ms`);
}

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
import { decodeWord, StdinRequest } from '../../wire/payloads/index.js';
import type { CameraSettings } from '../camera-options.js';
import type { ChannelAccess } from '../channel/channel-access.js';
import { commands } from '../link/command.js';
import type { Session } from '../session/session.js';
import { anywhere, writeAll, type WriteProgress } from '../channel/transfer.js';

/** Uploads of one script, where the reply to a piece was lost and the buffer may hold it once or twice. */
const MAX_UPLOADS = 4;
/** Times that a script is stopped which is there again when its place is wanted. */
const MAX_STOPS = 3;
/** How often a camera that was told to stop or start is asked whether it has. */
const POLL_MS = 200;
/** How often `running$` asks. */
const LOOK_MS = 1000;

/** Runs and stops scripts, with the soft reboot that every end of one is (PROTOCOL 9). */
export class Scripts {
  /**
   * Whether a script runs: the present answer at first, then each change. The camera tells by events, which may be lost, so
   * it is asked once a second, too. Hot and shared.
   */
  readonly running$: Observable<boolean>;

  constructor(
    private readonly access: ChannelAccess,
    private readonly settings: CameraSettings,
  ) {
    this.running$ = runningScripts(access, settings.scheduler);
  }

  /** Stops what runs, if anything does; completes when the camera is back from the reboot, where there is one. */
  stop(): Observable<never> {
    return this.access.inTurn('stdin', this.#stopNow());
  }

  /** Stops what runs, uploads, executes; completes when the camera says that the script has started, or has heard of it. */
  run(script: Uint8Array, waitForStart: boolean): Observable<WriteProgress> {
    const once = concat(
      this.#stopNow(),
      this.access.whenThere('stdin', (session, { id }) =>
        isRunning(session, id).pipe(
          switchMap((running) =>
            running
              ? throwError(() => new StartedByAnother())
              : concat(this.#upload(session, id, script, MAX_UPLOADS), this.#execute(session, id, waitForStart)),
          ),
        ),
      ),
    );
    return this.access.inTurn(
      'stdin',
      once.pipe(
        // Another host has started it, or the camera was reset and runs its own. An EXEC beside the former would lose the
        // upload (PROTOCOL 9).
        retry({
          count: MAX_STOPS,
          delay: (error: unknown) => (error instanceof StartedByAnother ? of('again') : throwError(() => error)),
        }),
      ),
    );
  }

  #stopNow(): Observable<never> {
    const { commandTimeoutMs, scheduler } = this.settings;
    const stopped = (told: Session): Observable<unknown> =>
      race(
        this.access.session$.pipe(filter((next) => next !== undefined && next !== told)),
        // A script that the camera itself had started may end without a reboot; others reboot a moment after they have ended,
        // and an upload in between would be lost.
        timer(POLL_MS, scheduler).pipe(
          switchMap(() => this.access.whenThere('stdin', (session, { id }) => isRunning(session, id))),
          repeat(),
          filter((running) => !running),
          take(1),
          delay(POLL_MS, scheduler),
        ),
      );
    return this.access
      .whenThere('stdin', (session, { id }) =>
        isRunning(session, id).pipe(
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

  #upload(session: Session, stdin: number, script: Uint8Array, uploads: number): Observable<WriteProgress> {
    return concat(
      session.request(commands.ioctl(stdin, StdinRequest.RESET, undefined, 'always')).pipe(ignoreElements()),
      writeAll(session, stdin, script, anywhere),
    ).pipe(
      // A piece may be in the buffer once, twice or not at all: begin again, with an empty one.
      catchError((error: unknown) =>
        uploads > 1 && isOpenMVError(error, 'OUTCOME_UNKNOWN')
          ? this.#upload(session, stdin, script, uploads - 1)
          : throwError(() => error),
      ),
    );
  }

  #execute(session: Session, stdin: number, waitForStart: boolean): Observable<never> {
    return defer(() => {
      const { commandTimeoutMs, scheduler } = this.settings;
      let acknowledged = false;
      const executed = session.request(commands.ioctl(stdin, StdinRequest.EXEC, undefined, 'never')).pipe(
        tap(() => (acknowledged = true)),
        // Whether it was executed, the camera will tell: by its event, or when it is polled.
        catchError((error: unknown) => (isOpenMVError(error, 'OUTCOME_UNKNOWN') ? NEVER : throwError(() => error))),
        ignoreElements(),
      );
      // An end that comes before the acknowledgement is that of another script. Behind it, this one may have run, and
      // rebooted the camera, before its start was noticed.
      const begun = concat(
        session
          .eventsOf('stdin')
          .pipe(filter(({ kind }) => kind === 'script-started' || (kind === 'script-ended' && acknowledged))),
        defer(() => (acknowledged ? of('ended') : NEVER)),
      );
      const polled = timer(POLL_MS, scheduler).pipe(
        switchMap(() => isRunning(session, stdin)),
        repeat(),
        filter((running) => running),
      );
      const heard = defer(() => (acknowledged && !waitForStart ? of('heard') : EMPTY));
      return merge(begun, polled, concat(executed, heard)).pipe(
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
    .whileThere('stdin', (session, id) =>
      merge(
        timer(0, LOOK_MS, scheduler).pipe(
          // A session that ends is followed by the next, which is asked anew.
          exhaustMap(() => isRunning(session, id).pipe(catchError(() => EMPTY))),
        ),
        session.eventsOf('stdin').pipe(
          filter(({ kind }) => kind === 'script-started' || kind === 'script-ended'),
          map(({ kind }) => kind === 'script-started'),
        ),
      ),
    )
    .pipe(distinctUntilChanged(), share({ connector: () => new ReplaySubject<boolean>(1), resetOnRefCountZero: true }));
}

/** A script runs where none should. */
class StartedByAnother extends Error {}

function isRunning(session: Session, stdin: number): Observable<boolean> {
  return session.request(commands.poll()).pipe(map(({ payload }) => ((decodeWord(payload) >>> stdin) & 1) === 1));
}

function notStopped(timeoutMs: number): OpenMVError {
  return new OpenMVError('TIMEOUT', `the camera's script did not stop within ${timeoutMs} ms: reset the camera`);
}

function notKnown(cause: unknown): OpenMVError {
  return new OpenMVError(
    'OUTCOME_UNKNOWN',
    `the script was sent, and whether it has started is not known: ${messageOf(cause)}`,
    {
      cause,
    },
  );
}

function notStarted(timeoutMs: number): OpenMVError {
  return new OpenMVError('TIMEOUT', `the script was uploaded and did not start within ${timeoutMs} ms`);
}

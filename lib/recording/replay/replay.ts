import {
  BehaviorSubject,
  catchError,
  defer,
  EMPTY,
  finalize,
  from,
  Observable,
  switchMap,
  throwError,
  type Subscription,
} from 'rxjs';
import { virtualTransport } from '../../virtual/virtual-transport.js';
import { isOpenMVError, type OpenMVError } from '../../errors.js';
import type { Connection, Transport } from '../../transport/transport.js';
import { openCursor, type RecordingCursor } from './recording-cursor.js';
import { Playback, type PlaybackObserver } from './playback.js';
import { ReplayControl } from './replay-control.js';
import { openToReplay, type OpenFile } from '../read/readable-file.js';
import { replaySettings, type ReplayOptions, type ReplaySpeed } from './replay-options.js';

/** The progress of a replay. */
export interface ReplayProgress {
  /**
   * `waiting` until a host has connected and polled; `paused` from `pause()` to `resume()`; `ended` after the last entry, until
   * `seek()`, and when the host has disconnected.
   */
  readonly state: 'waiting' | 'playing' | 'paused' | 'ended';
  /** The position, in milliseconds from the beginning of the recording. */
  readonly positionMs: number;
  /** The number of played entries, and of frames among them. Repeats count again. */
  readonly entries: number;
  readonly frames: number;
  /** The reason for an end before the end of the recording: `TRUNCATED`, `MALFORMED` or `FILE_UNAVAILABLE`, as `readRecording` throws it. */
  readonly error?: OpenMVError;
}

/** A recording that is played back as a camera. Its methods control the playback to every connected host. */
export interface Replay extends Transport {
  /** Emits the current progress at once, then each change; never completes. With several hosts it is that of the newest. */
  readonly progress$: Observable<ReplayProgress>;
  /**
   * Continues at a position, in milliseconds from the beginning of the recording, before or after the present one. With the option
   * `stay` it also goes back from the end. After the last entry there is nothing to play. Complete MCAP files have an index: of these
   * it reads only the part after the position and the values that channels hold there. It reads any other file from its beginning.
   *
   * The host's next frame is the first one after the position. A frame of the old position is withdrawn unless the host is reading
   * it. Printed text stays printed. Channels come and go to match the position, and each holds its value of that position, without
   * an event. Entries in between are not played, and entries are played twice only after seeking backwards. While paused, and with
   * the speed `'step'`, nothing is played until playback continues: `seek(ms)` and `step()` show the frame of a position.
   *
   * Without a host it has no effect, and the next host begins at `fromMs`.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when `ms` is not a number of at least 0.
   */
  seek(ms: number): void;
  /**
   * Changes the speed at the current position, also of a wait that has begun.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` as for the option.
   */
  setSpeed(speed: ReplaySpeed): void;
  /** Stops the recording's clock until `resume()`. The host can still read entries that were offered; only `step()` plays more. */
  pause(): void;
  /** Ends a pause and continues at the set speed. A delay of a slow host is still caught up; the pause is not. */
  resume(): void;
  /**
   * Plays this many more frames, each with the entries before it, while paused or with the speed `'step'`. Otherwise, and without a
   * host, it has no effect. A `seek()` or a change of the speed drops steps that are not played yet. Default 1.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when `frames` is not a whole number of at least 1.
   */
  step(frames?: number): void;
  /**
   * Plays to a host on a connection, such as one that a server accepted. Cold. Completes when the host disconnects. After the last
   * entry the camera stays connected and silent, because a host would take the end of the connection for a loss and reconnect.
   * Errors as `open()` does if the recording can't be played.
   */
  serve(connection: Connection): Observable<never>;
}

/**
 * Plays a file of `record` or `capture`, or one of the repository's wire captures, back as a camera. A `Camera` over it gets the
 * same frames, byte by byte, the same text and the same events, in their order.
 *
 * Each `open()` plays the recording from its start, to its own host. Playback begins when the host polls frames, text or a value,
 * at the latest one second after it connects. An entry is offered after the host has read the previous one of its kind, so a host
 * misses nothing that it wants, at any speed. A host that is too slow gets entries later, and playback catches up. Playback skips
 * frames while the stream is off, and text and values that the host does not read within 1.5 s.
 *
 * `open()` completes after the last entry, when the host has read all of it, and so do `frames$`, `stdout$`, `events$` and each
 * `value$` of the `Camera`. If that is not the end of the recording, `progress$` has the reason. With `loop` and with `stay` it
 * does not complete.
 *
 * The channels of the recording exist and hold their last recorded value. Writes, scripts and raw mode are refused. A recorded soft
 * reboot is played as one. Holds 16 entries, one chunk, and the file's index while seeking.
 *
 * `open()` errors with `FILE_UNAVAILABLE`, also for a pipe or a device, and with `MALFORMED` or `TRUNCATED` if nothing can be
 * played. If a file is truncated or damaged, it plays the readable part, and `progress$` has the error.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` that names the option.
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { replay } from 'openmv-rx/recording';
 *
 * const recording = replay('flight.mcap', { speed: 2, fromMs: 60_000 });
 * const camera = new Camera(recording);
 * camera.frames$.subscribe(({ index, data }) => console.log(index, data.length));
 * recording.progress$.subscribe(({ state, positionMs }) => console.log(state, positionMs));
 * // Later: show two minutes in, in slow motion.
 * recording.seek(120_000);
 * recording.setSpeed(0.25);
 * ```
 */
export function replay(file: string, options: ReplayOptions = {}): Replay {
  return replayOf(file, options, openToReplay);
}

/** {@link replay} with files of any storage. */
export function replayOf(file: string, options: ReplayOptions, open: OpenFile): Replay {
  const openAt = (fromMs: number): Promise<RecordingCursor> => openCursor(file, fromMs, open);
  const settings = replaySettings(file, options);
  const control = new ReplayControl(settings.speed);
  const progress$ = new BehaviorSubject<ReplayProgress>(AT_THE_BEGINNING);
  const { scheduler } = options;
  let last: object | undefined;
  const attach = (cursor: RecordingCursor, connection: Connection, done: () => void): Subscription => {
    const me = (last = {});
    const update = (change: (before: ReplayProgress) => ReplayProgress): void => {
      if (last === me) progress$.next(change(progress$.value));
    };
    update(() => AT_THE_BEGINNING);
    const playback = new Playback(openAt, cursor, settings, control, { ...observer(control, update), done }, scheduler);
    const attached = playback.attach(connection);
    const gone = (error?: unknown): void => update((before) => ended(before, error));
    playback.play().then(() => gone(), gone);
    return attached;
  };
  const withCursor = <T>(use: (cursor: RecordingCursor) => Observable<T>): Observable<T> =>
    defer(() => {
      const opening = openAt(settings.fromMs);
      return from(opening).pipe(
        switchMap(use),
        // Also closes a file that opens after the host has disconnected.
        finalize(() => void opening.then((cursor) => cursor.close()).catch(() => undefined)),
      );
    });
  return {
    name: settings.name,
    progress$: progress$.asObservable(),
    step: (frames = 1) => control.step(frames),
    seek: (ms) => control.seek(ms),
    setSpeed: (speed) => control.setSpeed(speed),
    pause: () => {
      control.setPaused(true);
      if (progress$.value.state === 'playing') progress$.next({ ...progress$.value, state: 'paused' });
    },
    resume: () => {
      control.setPaused(false);
      if (progress$.value.state === 'paused') progress$.next({ ...progress$.value, state: 'playing' });
    },
    open: () =>
      withCursor((cursor) => {
        let isDone = false;
        const plugged = (connection: Connection): Subscription => {
          const attached = attach(cursor, connection, () => {
            if (settings.stay) return;
            isDone = true;
            attached.unsubscribe();
          });
          return attached;
        };
        return virtualTransport(settings.name, scheduler, plugged)
          .open()
          .pipe(catchError((error: unknown) => (isDone ? EMPTY : throwError(() => error))));
      }),
    serve: (connection) =>
      withCursor(
        (cursor) =>
          new Observable<never>((subscriber) => {
            const attached = attach(cursor, connection, () => undefined);
            attached.add(() => subscriber.complete());
            subscriber.add(attached);
          }),
      ),
  };
}

const AT_THE_BEGINNING: ReplayProgress = { state: 'waiting', positionMs: 0, entries: 0, frames: 0 };

/** Translates the callbacks of a playback to progress. */
function observer(
  control: ReplayControl,
  update: (change: (before: ReplayProgress) => ReplayProgress) => void,
): Omit<PlaybackObserver, 'done'> {
  const underWay = (): 'playing' | 'paused' => (control.isPaused ? 'paused' : 'playing');
  return {
    began: () => update((before) => ({ ...before, state: underWay() })),
    played: ({ kind }, positionMs) =>
      update(({ entries, frames }) => ({
        state: underWay(),
        positionMs,
        entries: entries + 1,
        frames: frames + Number(kind === 'frame'),
      })),
    sought: (positionMs) => update(({ entries, frames }) => ({ state: underWay(), positionMs, entries, frames })),
    ended: (error) => update((before) => ended(before, error)),
  };
}

function ended(before: ReplayProgress, error: unknown): ReplayProgress {
  return { ...before, state: 'ended', ...(isOpenMVError(error) && { error }) };
}

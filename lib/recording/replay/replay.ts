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

/** How far a replay is. */
export interface ReplayProgress {
  /**
   * `waiting` until a host is there and has looked for something; `paused` from `pause()` to `resume()`; `ended` behind the last
   * entry, until `seek()`, and when the host has gone.
   */
  readonly state: 'waiting' | 'playing' | 'paused' | 'ended';
  /** Milliseconds from the beginning of the recording. */
  readonly positionMs: number;
  /** Entries and, of these, frames that have been played, those that were played again too. */
  readonly entries: number;
  readonly frames: number;
  /** Why it ended before the end of the recording: `TRUNCATED`, `MALFORMED` or `FILE_UNAVAILABLE`, as `readRecording` has it. */
  readonly error?: OpenMVError;
}

/** A recording that is played back as a camera. What is asked of it is asked of the playing to each host that is there. */
export interface Replay extends Transport {
  /** How far it is: of the host that came last, where there are several. The present state at once, then each change; never ends. */
  readonly progress$: Observable<ReplayProgress>;
  /**
   * Goes on so many milliseconds behind the beginning of the recording, forwards or backwards, with the option `stay` also from behind the last
   * entry; behind that there is nothing to be played. Where the recording is MCAP with an index, as one that is whole has, only what lies behind the place
   * is read, and the values that are held there; any other is read from its beginning.
   *
   * What a host sees: the next frame is the first from there on, even where one of the old place was ready to be read, unless it is being
   * read just then; text that was printed stays printed; channels that are not there any more go, others come, and each holds what it held
   * at that place, without an event. Nothing of what lies between is played, and nothing is played twice but by seeking backwards. In a
   * pause, and with the speed `'step'`, nothing is played before it goes on: `seek(ms)` and `step()` show the frame of a place.
   *
   * Without a host nothing happens, and the next one begins at `fromMs`.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when it is not a number of milliseconds from 0 on.
   */
  seek(ms: number): void;
  /**
   * Goes on at another speed from where it is, also in what is awaited just now.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` as for the option.
   */
  setSpeed(speed: ReplaySpeed): void;
  /** Lets no time pass in the recording until `resume()`: the host can still read what it was offered, and nothing more is played but by `step()`. */
  pause(): void;
  /** Ends a pause, with the speed that was set. What was missed by a host that is too slow is still made up for; the pause is not. */
  resume(): void;
  /**
   * In a pause and with the speed `'step'`, plays so many more frames, and with each all that lies before it. Otherwise, and without a
   * host, nothing happens. Frames that were not played before a `seek()` or a change of the speed are not played behind it. Default 1.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when it is not a whole number from 1 on.
   */
  step(frames?: number): void;
  /**
   * Plays to a host on a connection, such as one that a server was given. Cold. Completes when the host has gone: behind the last entry
   * the camera stays, silent, since a host would take the end of the connection for a loss and come again. Errors as `open()`
   * does where the recording can't be played.
   */
  serve(connection: Connection): Observable<never>;
}

/**
 * Plays a recording back as a camera: what `record` or `capture` has written, and the repository's wire captures. A
 * `Camera` over it gets the same frames, byte by byte, the same text and the same events, in their order.
 *
 * Each `open()` plays it anew, for a host of its own. It begins when the host has looked for frames, text or a value, and a second
 * after its coming at the latest. Nothing is published before the last thing of its kind was read by a host that reads such things, so
 * nothing is left out of what it wants, at whatever speed; a host that is too slow for the speed gets it later, and what is
 * late is made up for. What a host does not look for is left out: frames while the stream is off, text and values that it has not read
 * within 1.5 s.
 *
 * `open()` completes behind the last entry, when the host has had all of it, and so do `frames$`, `stdout$`, `events$` and each `value$` of the
 * `Camera`; `progress$` says why where that is not the end of the recording. With `loop` and with `stay` it does not.
 *
 * Channels of the recording are there, and hold the last value that was recorded; nothing can be written, and scripts and raw mode are
 * refused. A soft reboot is one. Holds 16 entries, one chunk, and while it looks for a place the file's index.
 *
 * `open()` errors with `FILE_UNAVAILABLE`, for a pipe and a device too, and with `MALFORMED` or `TRUNCATED` where there is nothing to be played; where the
 * file ends too early or is damaged, what can be read is played, and `progress$` says so then.
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
 * // Later: what was at two minutes, in slow motion.
 * recording.seek(120_000);
 * recording.setSpeed(0.25);
 * ```
 */
export function replay(file: string, options: ReplayOptions = {}): Replay {
  return replayOf(file, options, openToReplay);
}

/** {@link replay}, of files that may be anywhere. */
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
        // Also where the host has gone before the file was open.
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

/** Makes progress of what a playback tells. */
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

import { BehaviorSubject, defer, filter, from, Observable, of, switchMap, take, type Subscription } from 'rxjs';
import { virtualTransport } from '../device/virtual-transport.js';
import { OpenMVError, isOpenMVError } from '../errors.js';
import type { Connection, Transport } from '../transport/transport.js';
import { openFilm, type Film } from './film.js';
import { Playback } from './playback.js';
import { replaySettings, type ReplayOptions } from './replay-options.js';

/** How far a replay is. */
export interface ReplayProgress {
  /** `waiting` until a host is there and has looked for something; `ended` behind the last entry. */
  readonly state: 'waiting' | 'playing' | 'ended';
  /** Milliseconds from the beginning of the recording. */
  readonly positionMs: number;
  /** Entries and, of these, frames that have been played. */
  readonly entries: number;
  readonly frames: number;
  /** Why it ended before the end of the recording: `TRUNCATED` or `MALFORMED`, as `readRecording` has it. */
  readonly error?: OpenMVError;
}

/** A recording that is played back as a camera. */
export interface Replay extends Transport {
  /** How far it is: of the host that came last, where there are several. The present state at once, then each change; never ends. */
  readonly progress$: Observable<ReplayProgress>;
  /** With `speed: 'step'`, plays so many more frames, and with each all that lies before it. Default 1. */
  step(frames?: number): void;
  /**
   * Plays to a host on a connection, such as one that a server was given. Cold. Completes when the host has gone; errors as `open()`
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
 * within 1.5 s. Behind the last entry the camera stays, silent.
 *
 * Channels of the recording are there, and hold the last value that was recorded; nothing can be written, and scripts and raw mode are
 * refused. A soft reboot is one. Holds 16 entries.
 *
 * `open()` errors with `FILE_UNAVAILABLE`, and with `MALFORMED` or `TRUNCATED` where there is nothing to be played; where the
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
 * ```
 */
export function replay(file: string, options: ReplayOptions = {}): Replay {
  const settings = replaySettings(file, options);
  const progress$ = new BehaviorSubject<ReplayProgress>(AT_THE_BEGINNING);
  const allowed$ = new BehaviorSubject(0);
  const begin = (film: Film): Playback => {
    progress$.next(AT_THE_BEGINNING);
    return new Playback(
      file,
      film,
      settings,
      {
        mayShow: () =>
          (settings.speed === 'step' ? allowed$.pipe(filter((frames) => frames > 0)) : of(1)).pipe(take(1)),
        played: ({ kind }, positionMs) => {
          const isFrame = kind === 'frame';
          if (isFrame && settings.speed === 'step') allowed$.next(allowed$.value - 1);
          const { entries, frames } = progress$.value;
          progress$.next({
            state: 'playing',
            positionMs,
            entries: entries + 1,
            frames: frames + Number(isFrame),
          });
        },
      },
      options.scheduler,
    );
  };
  const play = (playback: Playback): void => {
    const ended = (error?: unknown): void => {
      const known = isOpenMVError(error) ? error : undefined;
      progress$.next({ ...progress$.value, state: 'ended', ...(known && { error: known }) });
    };
    playback.play().then(() => ended(), ended);
  };
  const film$ = defer(() => from(openFilm(file, settings.fromMs)));
  const attach = (film: Film, connection: Connection): Subscription => {
    const playback = begin(film);
    const attached = playback.attach(connection);
    play(playback);
    return attached;
  };
  return {
    name: settings.name,
    progress$: progress$.asObservable(),
    step: (frames = 1) => {
      if (!(Number.isInteger(frames) && frames > 0))
        throw new OpenMVError('INVALID_ARGUMENT', `a step is a whole number of frames from 1 on, not ${frames}`);
      allowed$.next(allowed$.value + frames);
    },
    open: () =>
      film$.pipe(
        switchMap((film) =>
          virtualTransport(settings.name, options.scheduler, (connection) => attach(film, connection)).open(),
        ),
      ),
    serve: (connection) =>
      film$.pipe(
        switchMap(
          (film) =>
            new Observable<never>((subscriber) => {
              const attached = attach(film, connection);
              attached.add(() => subscriber.complete());
              subscriber.add(attached);
            }),
        ),
      ),
  };
}

const AT_THE_BEGINNING: ReplayProgress = { state: 'waiting', positionMs: 0, entries: 0, frames: 0 };

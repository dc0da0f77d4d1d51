import {
  defer,
  distinctUntilChanged,
  EMPTY,
  interval,
  map,
  of,
  startWith,
  switchMap,
  take,
  throwError,
  throwIfEmpty,
  timeout,
  type Observable,
  type Subscription,
} from 'rxjs';
import {
  hasMethods,
  isObject,
  requireArgument,
  requireFlag,
  requireOptions,
  requireTransport,
  type OptionNames,
} from '../arguments.js';
import { OpenMVError } from '../errors.js';
import type { Frame } from '../frames/frame.js';
import type { Transport } from '../transport/transport.js';
import {
  decodeDeviceStatistics,
  decodeMemory,
  type Capabilities,
  type DeviceStatistics,
  type MemoryPool,
} from '../wire/payloads/index.js';
import { toVoid } from '../operators/to-void.js';
import { encodeUtf8, withoutMark } from '../wire/payloads/layout.js';
import type { CameraEvent } from './session/camera-event.js';
import type { CameraInfo } from './camera-info.js';
import { cameraSettings, type CameraOptions, type CameraSettings } from './camera-options.js';
import type { CameraState } from './camera-info.js';
import { ChannelAccess } from './channel/channel-access.js';
import type { ChannelInfo } from './session/channel-info.js';
import { Channel } from './channel/channel.js';
import { cutName, requireWords } from './arguments.js';
import { bytes, type Codec } from './channel/codecs.js';
import { commands } from './link/command.js';
import { FrameFeed } from './stream/frame-feed.js';
import { Lifecycle } from './session/lifecycle.js';
import { Profiler } from './profile/profiler.js';
import { readFrames, type ReadFramesOptions } from './stream/read-frames.js';
import { withParameters } from './script/parameters.js';

import { Scripts, type RunOptions } from './script/scripts.js';
import { Negotiation, requireCapabilities } from './session/negotiation.js';
import type { LinkStatistics } from './link/trace.js';
import type { Session } from './session/session.js';
import { StreamControl, type StreamSettings } from './stream/stream-control.js';
import { consoleText } from './script/console-text.js';
import { Tracer, type TraceEntry } from './link/trace.js';
import type { WriteProgress } from './channel/transfer.js';

/** The interval of `stats$`. */
const STATISTICS_INTERVAL_MS = 1000;

/**
 * An OpenMV camera, used from the computer.
 *
 * A `Camera` opens nothing by itself. Subscribing to any part of it opens the link; the link closes `closeAfterMs` after the last subscription. A
 * lost link is opened again as `options.reconnect` says. Subscriptions to hot Observables continue after that, and after
 * soft reboots of the camera.
 *
 * Hot Observables error only if the link can't be opened, or is lost and not opened again: with `PORT_UNAVAILABLE`, `TIMEOUT` if nothing
 * answers, `UNSUPPORTED_FIRMWARE` or `LINK_LOST`. Subscribe again to try again. They complete only if the transport
 * completes, as a replayed recording does; commands then error with `LINK_LOST`.
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { serialPort } from 'openmv-rx/serialport';
 *
 * const camera = new Camera(serialPort('/dev/ttyACM0'));
 * camera.frames$.subscribe(({ width, height, data }) => console.log(width, height, data.length));
 * camera.stdout$.subscribe((text) => process.stdout.write(text));
 * ```
 */
export class Camera {
  /**
   * The frames of the camera's stream. Hot and shared: each frame is read once for all subscribers, and none is read without subscribers. The
   * first subscription switches the stream on; it is switched off `closeAfterMs` after the last one. If you subscribe again before that, the stream
   * continues. Once you have called `stream({ enabled })`, subscriptions no longer switch the stream.
   *
   * The camera keeps a frame until it is read, so a slow synchronous subscriber slows the camera down. From a subscription's third frame on, the
   * next frame is asked for before this one has arrived whole, unless a `readFrame()` or a loop reads as well: a frame of which a part is
   * lost then is lost, and counted as `lostFrames` in `stats$`. Also errors with `MALFORMED` if a frame is shorter than its header says, and with
   * `TOO_LARGE` for a frame over 16 MiB; subscribe again to continue. Holds two frames, or six if they are uncompressed and all of the same size.
   */
  readonly frames$: Observable<Frame>;

  /**
   * The text that the camera's scripts print, in pieces as they are read. A line may be split between pieces, a character is not. The text includes the
   * banner and the prompt that the interpreter prints after each soft reboot; `skipBanner()` and `lines()` remove them. The camera's
   * report of a frame that was too large is removed, too, and becomes an event of `events$`.
   *
   * Hot and shared. Nothing is read without subscribers; the camera then keeps 512 to 2048 bytes and drops the rest.
   */
  readonly stdout$: Observable<string>;

  /** The camera's profiler. Only profiling builds of the firmware have one. Opens nothing by itself. */
  readonly profile: Profiler;

  readonly #settings: CameraSettings;
  readonly #tracer: Tracer;
  readonly #negotiation: Negotiation;
  readonly #lifecycle: Lifecycle;
  readonly #access: ChannelAccess;
  readonly #streamControl = new StreamControl();
  readonly #feed: FrameFeed;
  readonly #scripts: Scripts;

  /** @throws {OpenMVError} `INVALID_ARGUMENT` if `transport` is not a transport, or an option is wrong. */
  constructor(transport: Transport, options: CameraOptions = {}) {
    requireTransport('a Camera', transport);
    this.#settings = cameraSettings(options, transport.preferred);
    this.#tracer = new Tracer(this.#settings.scheduler);
    this.#negotiation = new Negotiation(this.#settings.capabilities);
    this.#lifecycle = new Lifecycle(transport, this.#settings, this.#negotiation, this.#tracer, (session) => {
      const channel = session.directory.byName('stream')?.id;
      // First in the queue of the new session: later commands find the stream set up.
      if (channel !== undefined) this.#streamControl.restore({ session, channel });
    });
    this.#access = new ChannelAccess(this.#lifecycle, this.#settings);
    this.#feed = new FrameFeed(this.#access, this.#streamControl, this.#settings);
    this.#scripts = new Scripts(this.#access, this.#settings);
    this.profile = new Profiler(this.#access, this.#settings.scheduler);
    this.frames$ = this.#feed.frames$;
    this.stdout$ = consoleText(this.#access);
  }

  /** Opens the link and keeps it open until you unsubscribe. Reports no errors: watch `state$` for them. */
  connect(): Subscription {
    return this.#access.session$.subscribe({ error: () => undefined });
  }

  /** The state of the link, with its reason. Emits the current state at once, then each change. Opens nothing. Never completes. */
  get state$(): Observable<CameraState> {
    return this.#lifecycle.state$;
  }

  /**
   * The counts of packets, bytes and faults since this `Camera` was created. Emits them at once, then once a second if they have changed.
   * Opens nothing. Never completes.
   */
  get stats$(): Observable<LinkStatistics> {
    const { scheduler } = this.#settings;
    return interval(STATISTICS_INTERVAL_MS, scheduler).pipe(
      startWith(0),
      map(() => this.#tracer.snapshot()),
      distinctUntilChanged((a, b) => a.sentBytes === b.sentBytes && a.receivedBytes === b.receivedBytes),
    );
  }

  /**
   * Everything that happens on the link: packets, rejections, repeats, resynchronisations, reconnections and changes of state.
   * `traceLine` formats an entry as a line. Hot: opens nothing, and costs nothing without subscribers. Never completes. Don't use this
   * camera inside a subscriber: that would be traced, too.
   */
  get trace$(): Observable<TraceEntry> {
    return this.#tracer.entries$;
  }

  /** Emits the description of the camera and completes. Opens the link if it is closed. Errors as commands do. */
  info(): Observable<CameraInfo> {
    return this.#ask((session) => of(session.info));
  }

  /**
   * Changes the requested protocol settings, now and for later sessions. Cold. Emits the resulting settings, which never exceed the camera's
   * offer, and completes. Errors as commands do.
   *
   * @param capabilities as in `CameraOptions`; settings that you leave out stay as they are
   * @throws {OpenMVError} `INVALID_ARGUMENT` if `maxPayload` is not a whole number of at least 50.
   */
  negotiate(capabilities: Partial<Capabilities>): Observable<Capabilities> {
    requireCapabilities(capabilities);
    return defer(() => {
      this.#negotiation.want(capabilities);
      return this.#ask((session) =>
        this.#negotiation.settle(session.link, session.offered, this.#settings.commandTimeoutMs),
      );
    });
  }

  /**
   * Reads one frame, emits it and completes. Errors with `TIMEOUT` if the camera has no frame within `frameTimeoutMs`, otherwise as `frames$` does.
   *
   * The camera keeps the next frame until it is read, so a loop loses nothing and buffers nothing. `readFrame()` switches the stream on and leaves it
   * on. If your loop pauses for longer than `closeAfterMs`, call `connect()` first; otherwise the link closes and opens
   * again in between. If other subscribers read frames of the same `Camera`, they don't wait for the loop, and the loop misses
   * their frames.
   *
   * @example
   * ```ts
   * import { concatMap, defer, repeat, type Observable } from 'rxjs';
   * import type { Camera, Frame } from 'openmv-rx';
   *
   * const record = (camera: Camera, save: (frame: Frame) => Promise<void>): Observable<void> =>
   *   defer(() => camera.readFrame()).pipe(concatMap(save), repeat());
   * ```
   */
  readFrame(): Observable<Frame> {
    return this.#oneFrame().pipe(
      throwIfEmpty(() => new OpenMVError('LINK_LOST', 'there are no more frames: the recording has ended')),
    );
  }

  /**
   * Returns the camera's frames for a `for await` loop. Each frame is read when the loop asks for it: the camera keeps the next one until the body has
   * finished, and at most one frame is in memory. Nothing is opened before the loop starts. Each loop reads for itself.
   *
   * The link stays open during the loop, even if its body is slow. Leaving the loop with `break`, `return` or `throw` stops reading at once, even within
   * a frame; after `closeAfterMs` the stream is switched off and the link closes. The loop throws `TIMEOUT` if the camera has no frame within
   * `frameTimeoutMs`, otherwise the errors of `frames$`. It ends when a replayed recording ends.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` if an option is unknown or wrong.
   *
   * @example
   * ```ts
   * import type { Camera } from 'openmv-rx';
   *
   * async function brightest(camera: Camera): Promise<number> {
   *   let most = 0;
   *   for await (const { data, index } of camera.readFrames()) {
   *     most = Math.max(most, data.length);
   *     if (index === 100) break;
   *   }
   *   return most;
   * }
   * ```
   */
  readFrames(options: ReadFramesOptions = {}): AsyncIterable<Frame> {
    requireOptions('readFrames', options, READ_FRAMES_OPTIONS);
    const { lossless = false } = options;
    requireFlag('lossless', lossless);
    return readFrames(this.#feed, this.#oneFrame(), lossless);
  }

  /** Reads one frame. Completes without a frame when the transport has ended. */
  #oneFrame(): Observable<Frame> {
    const { frameTimeoutMs, scheduler } = this.#settings;
    return defer(() => {
      const late = new OpenMVError(
        'TIMEOUT',
        `the camera had no frame within ${frameTimeoutMs} ms. Start a script that captures pictures with camera.run(script)`,
      );
      return this.#feed.singleFrames$.pipe(
        take(1),
        timeout({ first: frameTimeoutMs, scheduler, with: () => throwError(() => late) }),
      );
    });
  }

  /**
   * Sets up the stream. Cold. Emits `undefined` and completes when the camera has acknowledged all settings. The settings are restored after a reboot or
   * reconnection, and unsubscribing does not undo them. Errors with `NAK`, `TIMEOUT`, `LINK_LOST` or `NO_SUCH_CHANNEL`.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` if a number is not whole or is below 0.
   */
  stream(settings: StreamSettings): Observable<void> {
    requireOptions('stream', settings, STREAM_SETTINGS);
    const { enabled, raw, source } = settings;
    if (enabled !== undefined) requireFlag('enabled', enabled);
    const isRaw = raw === undefined || raw === false || isObject(raw);
    requireArgument(isRaw, 'raw must be { width, height } or false', raw);
    requireWords({ ...(raw && { width: raw.width, height: raw.height }), ...(source !== undefined && { source }) });
    return defer(() => {
      this.#streamControl.want(settings, this.#access.stream);
      return this.#access.whenRegistered('stream', (session) => this.#streamControl.applied(session));
    }).pipe(toVoid());
  }

  /**
   * The events of the camera and its channels, each once and in order. Hot: opens the link and reads nothing. An event reaches the
   * subscribers of its channel's `events$` before those of this.
   */
  get events$(): Observable<CameraEvent> {
    return this.#access.events$;
  }

  /** The camera's channels. Emits the current list at once, then each change. Hot: opens the link. Emits nothing without a link. */
  get channels$(): Observable<readonly ChannelInfo[]> {
    return this.#access.session$.pipe(switchMap((session) => session?.directory.channels$ ?? EMPTY));
  }

  /**
   * Returns a channel by its name, with plain bytes as values. The camera need not have registered it yet. Opens nothing. A name over 13 bytes is
   * cut, as the camera does.
   */
  channel(name: string): Channel<Uint8Array<ArrayBuffer>, Uint8Array>;
  /**
   * Returns a channel by its name, with a codec for its values.
   *
   * @param codec `bytes`, `text`, `json<Read, Write>()`, `struct(layout)`, or your own
   * @throws {OpenMVError} `INVALID_ARGUMENT` if the name is not a string, or the codec has no `decode` and `encode`.
   */
  channel<Read, Write = Read>(name: string, codec: Codec<Read, Write>): Channel<Read, Write>;
  channel<Read, Write = Read>(
    name: string,
    codec?: Codec<Read, Write>,
  ): Channel<Read, Write> | Channel<Uint8Array<ArrayBuffer>, Uint8Array> {
    const cut = cutName(name);
    if (codec !== undefined) {
      const wanted = 'channel() needs a codec, such as text, json() or struct({…})';
      requireArgument(hasMethods(codec, 'decode', 'encode'), wanted, codec);
    }
    const { scheduler, commandTimeoutMs } = this.#settings;
    return codec === undefined
      ? new Channel(cut, bytes, this.#access, scheduler, commandTimeoutMs)
      : new Channel(cut, codec, this.#access, scheduler, commandTimeoutMs);
  }

  /**
   * Runs a script: stops the script that runs, waits for the soft reboot, uploads the new script and executes it. Cold. Emits the progress of the
   * upload and completes when the script has started. A U+FEFF at the beginning, which some editors write, is not sent. Several runs and stops
   * are executed one after another. Unsubscribing stops the upload but not a script that has started.
   *
   * @example
   * ```ts
   * import type { Camera } from 'openmv-rx';
   *
   * const script = 'EXPOSURE_MS = 20  # param\nprint("exposure", EXPOSURE_MS)\n';
   * const expose = (camera: Camera, ms: number) => camera.run(script, { parameters: { EXPOSURE_MS: ms } });
   * ```
   *
   * Errors with `TIMEOUT` if the old script does not stop, with `OUTCOME_UNKNOWN` if it is not known whether the new one started, and
   * with `NAK`, `LINK_LOST`, `NO_SUCH_CHANNEL` or `QUEUE_FULL` as commands do.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` if the script is empty, or `parameters` has a name that the script does not declare or a
   * value of another type.
   */
  run(script: string, options: RunOptions = {}): Observable<WriteProgress> {
    requireOptions('run', options, RUN_OPTIONS);
    const { parameters = {}, waitForStart = true } = options;
    const source = typeof script === 'string' ? withoutMark(script) : '';
    requireArgument(source !== '', 'run() needs the text of a script, which must not be empty', script);
    return this.#scripts.run(encodeUtf8(withParameters(source, parameters)), waitForStart);
  }

  /**
   * Emits true while a script runs, otherwise false: the current state at once, then each change. It notices a change within a second even without an event,
   * for example at the end of the camera's own main script. Hot and shared; opens the link. Emits nothing without a link. Completes and errors
   * as hot Observables do.
   */
  get running$(): Observable<boolean> {
    return this.#scripts.running$;
  }

  /**
   * Stops the script that runs. Cold. Emits `undefined` and completes after the camera's soft reboot, or at once if no script runs. The camera's own
   * main script ends without a reboot, so its channels stay until the next reboot. Errors with `TIMEOUT` if the script does not stop, and with
   * `NAK`, `LINK_LOST`, `NO_SUCH_CHANNEL` or `QUEUE_FULL` as commands do.
   */
  stop(): Observable<void> {
    return this.#scripts.stop().pipe(toVoid());
  }

  /** Reads the use of the camera's memory pools. Cold. Emits them and completes. Errors as commands do. */
  memory(): Observable<MemoryPool[]> {
    return this.#ask((session) => session.request(commands.memory()).pipe(map(({ payload }) => decodeMemory(payload))));
  }

  /** Reads the camera's protocol statistics since its start. Cold. Emits them and completes. Errors as commands do. */
  deviceStats(): Observable<DeviceStatistics> {
    return this.#ask((session) =>
      session.request(commands.statistics()).pipe(map(({ payload }) => decodeDeviceStatistics(payload))),
    );
  }

  /**
   * Resets the camera, like its reset button. Cold. Emits `undefined` and completes when the command is sent, because the camera does not reply. The
   * port disappears, and the link is opened again as `options.reconnect` says.
   */
  reset(): Observable<void> {
    return this.#ask((session) => session.request(commands.reset())).pipe(toVoid());
  }

  /** Starts the camera's bootloader, which waits for firmware and uses another protocol. Cold. Emits and completes as `reset()` does. */
  bootloader(): Observable<void> {
    return this.#ask((session) => session.request(commands.bootloader())).pipe(toVoid());
  }

  #ask<T>(work: (session: Session) => Observable<T>): Observable<T> {
    return this.#lifecycle.use(work, this.#settings.commandTimeoutMs);
  }
}

const RUN_OPTIONS: OptionNames<RunOptions> = { parameters: true, waitForStart: true };

const READ_FRAMES_OPTIONS: OptionNames<ReadFramesOptions> = { lossless: true };

const STREAM_SETTINGS: OptionNames<StreamSettings> = { enabled: true, raw: true, source: true };

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
import type { RunOptions } from './script/run-options.js';
import { Scripts } from './script/scripts.js';
import { Negotiation, requireCapabilities } from './session/negotiation.js';
import type { LinkStatistics } from './link/trace.js';
import type { Session } from './session/session.js';
import { StreamControl, type StreamSettings } from './stream/stream-control.js';
import { consoleText } from './script/text-feed.js';
import { Tracer, type TraceEntry } from './link/trace.js';
import type { WriteProgress } from './channel/transfer.js';

/** How often `stats$` looks. */
const STATISTICS_INTERVAL_MS = 1000;

/**
 * A camera, seen from the computer.
 *
 * It opens nothing by itself: subscribing to anything of it opens the link, and when the last subscription goes it
 * closes, after a grace of `closeAfterMs`. A link that is lost is opened again as `options.reconnect` says; subscriptions
 * to its hot Observables live through that, and through the camera's soft reboots.
 *
 * Everything hot errors only where the link can't be opened, or is lost and not to be opened again: `PORT_UNAVAILABLE`,
 * `TIMEOUT` when nothing answers, `UNSUPPORTED_FIRMWARE`, `LINK_LOST`. Subscribing again tries again. It completes only where
 * the transport has an end, as a recording that is replayed has; commands error with `LINK_LOST` then.
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
   * The frames of the camera's stream. Hot and shared: each frame is read once however many subscribe, and none while
   * nobody does. The first to subscribe switches the stream on. When the last has left and nobody came back within
   * `closeAfterMs`, it is switched off; who comes back before goes on where the last one left. Once the program has called
   * `stream({ enabled })`, that decides instead. The camera holds a frame until it is read, so a slow
   * synchronous subscriber slows the camera down and nothing piles up. Also errors with `MALFORMED` when a
   * frame's header claims more than there is, and `TOO_LARGE` for one over 16 MiB; subscribe again to go on. Holds one frame, the one being read.
   */
  readonly frames$: Observable<Frame>;

  /**
   * What the camera's scripts print, in pieces as they are read; a character or line may be continued by the next piece,
   * a multi-byte character is never cut. The banner and the prompt that the interpreter prints after each soft reboot are
   * among it; `lines()` and `skipBanner()` drop them. What the camera says there of a frame that was too large is taken out,
   * and is an event of `events$`. Hot and shared; nothing is read while nobody subscribes, and the camera's ring
   * of 512 to 2048 bytes then drops what it can't hold.
   */
  readonly stdout$: Observable<string>;

  /** The camera's profiler, which profiling builds of the firmware have. Opens nothing by itself. */
  readonly profile: Profiler;

  readonly #settings: CameraSettings;
  readonly #tracer: Tracer;
  readonly #negotiation: Negotiation;
  readonly #lifecycle: Lifecycle;
  readonly #access: ChannelAccess;
  readonly #streamControl = new StreamControl();
  readonly #feed: FrameFeed;
  readonly #scripts: Scripts;

  /** @throws {OpenMVError} `INVALID_ARGUMENT` for what is no transport, and for options that make no sense. */
  constructor(transport: Transport, options: CameraOptions = {}) {
    requireTransport('a Camera', transport);
    this.#settings = cameraSettings(options, transport.preferred);
    this.#tracer = new Tracer(this.#settings.scheduler);
    this.#negotiation = new Negotiation(this.#settings.capabilities);
    this.#lifecycle = new Lifecycle(transport, this.#settings, this.#negotiation, this.#tracer, (session) => {
      const channel = session.directory.byName('stream')?.id;
      // First in the queue of the new session, so all that follows finds the stream as the program wants it.
      if (channel !== undefined) this.#streamControl.restore({ session, channel });
    });
    this.#access = new ChannelAccess(this.#lifecycle, this.#settings);
    this.#feed = new FrameFeed(this.#access, this.#streamControl, this.#settings);
    this.#scripts = new Scripts(this.#access, this.#settings);
    this.profile = new Profiler(this.#access, this.#settings.scheduler);
    this.frames$ = this.#feed.frames$;
    this.stdout$ = consoleText(this.#access);
  }

  /** Keeps the link open until it is unsubscribed from. How that goes, `state$` tells; it throws no errors of its own. */
  connect(): Subscription {
    return this.#access.session$.subscribe({ error: () => undefined });
  }

  /** Where the link stands, with the reason. Emits the present state at once, then each change. Opens nothing, never ends. */
  get state$(): Observable<CameraState> {
    return this.#lifecycle.state$;
  }

  /**
   * What has been counted on this camera's links since it was made: the present counts at once, then once a second while
   * they change. Opens nothing, never ends.
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
   * Everything that happens on the link, as it happens: packets, rejections, repeats, resynchronisations, reconnections and
   * changes of state; `traceLine` makes a line of an entry. Hot: opens nothing, costs nothing while nobody listens, never
   * ends. Do not use this camera from inside a subscriber: what it then does is traced as well.
   */
  get trace$(): Observable<TraceEntry> {
    return this.#tracer.entries$;
  }

  /** What the camera is. Emits what it said when the link was opened, opening it if need be, and completes. */
  info(): Observable<CameraInfo> {
    return this.#ask((session) => of(session.info));
  }

  /**
   * Changes what is asked of the protocol, while it is in use and in the sessions to come. Cold. Emits what holds then, which is
   * never more than the camera offers, and completes. Errors as commands do.
   *
   * @param capabilities as in `CameraOptions`; what is left out stays as it is
   * @throws {OpenMVError} `INVALID_ARGUMENT` when `maxPayload` is no whole number from 50 on.
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
   * Takes one frame and completes. Errors with `TIMEOUT` when the camera has none within `frameTimeoutMs`; else as `frames$`.
   *
   * The camera holds the next frame until it is asked for, so reading in a loop loses nothing and buffers nothing. It
   * switches the stream on where that is off, and leaves it on. A loop whose pauses are longer than `closeAfterMs` wants
   * `connect()` around it, or the link is closed and opened in between. While others read frames of this object, the camera is not
   * held back, and the loop misses what they read meanwhile.
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
      throwIfEmpty(() => new OpenMVError('LINK_LOST', 'there are no more frames: the recording has come to its end')),
    );
  }

  /**
   * The camera's frames for `for await`, each read when the loop asks for it: the camera holds the next one back until the body is
   * done, and no more than one frame is in memory. Nothing is opened before the first is asked for. Each loop reads by itself.
   *
   * Leaving the loop, by `break`, `return` or `throw`, releases the camera at once, also in the middle of a frame; the link closes and the
   * stream is switched off after `closeAfterMs`. Keeps the link open meanwhile, however slow the body is. The loop throws `TIMEOUT`
   * when the camera has no frame within `frameTimeoutMs`, else as `frames$` errors, and ends with a recording that is replayed.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` for an option that it does not have.
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
    if (typeof lossless !== 'boolean') {
      throw new OpenMVError('INVALID_ARGUMENT', `lossless is true or false, not ${String(lossless)}`);
    }
    return readFrames(this.#feed, this.#oneFrame(), lossless);
  }

  /** Completes without one where the transport has come to its end. */
  #oneFrame(): Observable<Frame> {
    const { frameTimeoutMs, scheduler } = this.#settings;
    return defer(() => {
      const late = new OpenMVError(
        'TIMEOUT',
        `the camera had no frame within ${frameTimeoutMs} ms: does a script run that takes pictures? camera.run(script) starts one`,
      );
      return this.#feed.taken$.pipe(
        take(1),
        timeout({ first: frameTimeoutMs, scheduler, with: () => throwError(() => late) }),
      );
    });
  }

  /**
   * Sets up the stream. Cold; emits `undefined` and completes when the camera has acknowledged all of it. From the subscription on the settings are
   * the camera's: unsubscribing does not take them back, and they are restored after a reboot or reconnection. Errors with `NAK`, `TIMEOUT`, `LINK_LOST`, `NO_SUCH_CHANNEL`.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when a number is not whole or below 0.
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
      return this.#access.whenThere('stream', (session) => this.#streamControl.applied(session));
    }).pipe(toVoid());
  }

  /** All that the camera tells by itself. Hot: opens the link, reads nothing. Each event once, in order. */
  get events$(): Observable<CameraEvent> {
    return this.#access.events$;
  }

  /** The camera's channels: the present list at once, then each change. Hot: opens the link. Silent while there is no link. */
  get channels$(): Observable<readonly ChannelInfo[]> {
    return this.#access.session$.pipe(switchMap((session) => session?.directory.channels$ ?? EMPTY));
  }

  /** A channel by name, which need not be there yet, and its bytes as they are. Opens nothing. A name over 13 bytes is cut, as the camera cuts it. */
  channel(name: string): Channel<Uint8Array<ArrayBuffer>, Uint8Array>;
  /**
   * A channel by name, as above, and what its bytes mean.
   *
   * @param codec `bytes`, `text`, `json<Read, Write>()`, `struct(layout)`, or your own
   * @throws {OpenMVError} `INVALID_ARGUMENT` when the name is no text, or the codec has no `decode` and `encode`.
   */
  channel<Read, Write = Read>(name: string, codec: Codec<Read, Write>): Channel<Read, Write>;
  channel<Read, Write = Read>(
    name: string,
    codec?: Codec<Read, Write>,
  ): Channel<Read, Write> | Channel<Uint8Array<ArrayBuffer>, Uint8Array> {
    const cut = cutName(name);
    if (codec !== undefined) {
      const wanted = 'a channel takes a codec, such as text, json() or struct({…})';
      requireArgument(hasMethods(codec, 'decode', 'encode'), wanted, codec);
    }
    const { scheduler, commandTimeoutMs } = this.#settings;
    return codec === undefined
      ? new Channel(cut, bytes, this.#access, scheduler, commandTimeoutMs)
      : new Channel(cut, codec, this.#access, scheduler, commandTimeoutMs);
  }

  /**
   * Runs a script: stops what runs, waits for the soft reboot, uploads, executes. Cold. The camera's own main script ends
   * without a reboot. Emits the progress of the upload and completes when the script has started. A U+FEFF in front of the
   * script, which some editors write, is not sent. Runs and stops are done one after another. Unsubscribing stops the upload,
   * not the script.
   *
   * @example
   * ```ts
   * import type { Camera } from 'openmv-rx';
   *
   * const script = 'EXPOSURE_MS = 20  # param\nprint("exposure", EXPOSURE_MS)\n';
   * const expose = (camera: Camera, ms: number) => camera.run(script, { parameters: { EXPOSURE_MS: ms } });
   * ```
   *
   * Errors with `TIMEOUT` when the script that runs does not stop; `OUTCOME_UNKNOWN` when the script was sent and nothing
   * tells whether it started; `NAK`, `LINK_LOST`, `NO_SUCH_CHANNEL`, `QUEUE_FULL` as commands do.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when the script is empty, or `parameters` names one that it does not declare, or
   * gives one a value of another type.
   */
  run(script: string, options: RunOptions = {}): Observable<WriteProgress> {
    requireOptions('run', options, RUN_OPTIONS);
    const { parameters = {}, waitForStart = true } = options;
    const source = typeof script === 'string' ? withoutMark(script) : '';
    if (source === '') throw new OpenMVError('INVALID_ARGUMENT', 'a script to run is a text that is not empty');
    return this.#scripts.run(encodeUtf8(withParameters(source, parameters)), waitForStart);
  }

  /**
   * Whether a script runs: the present answer at first, then each change, within a second also where the camera's event was
   * lost, or there is none: the camera's own main script ends without one. Hot and shared; opens the link. Silent while there
   * is no link. Completes and errors as hot Observables do.
   */
  get running$(): Observable<boolean> {
    return this.#scripts.running$;
  }

  /**
   * Stops the script that runs. Cold. Emits `undefined` and completes when the camera is back from its soft reboot, at once when none runs. The
   * camera's own main script ends without a reboot: its channels stay until the next one. Errors with `TIMEOUT` when the
   * script does not stop; `NAK`, `LINK_LOST`, `NO_SUCH_CHANNEL`, `QUEUE_FULL` as commands do.
   */
  stop(): Observable<void> {
    return this.#scripts.stop().pipe(toVoid());
  }

  /** The camera's memory pools now. Cold; emits them and completes. Errors as commands do. */
  memory(): Observable<MemoryPool[]> {
    return this.#ask((session) => session.request(commands.memory()).pipe(map(({ payload }) => decodeMemory(payload))));
  }

  /** What the camera counts of the protocol since it started. Cold; emits it and completes. Errors as commands do. */
  deviceStats(): Observable<DeviceStatistics> {
    return this.#ask((session) =>
      session.request(commands.statistics()).pipe(map(({ payload }) => decodeDeviceStatistics(payload))),
    );
  }

  /**
   * Starts the camera anew, as its reset button does. Cold; emits `undefined` and completes when the command has gone out, for there is no
   * reply: the port goes away, and comes back as `options.reconnect` says.
   */
  reset(): Observable<void> {
    return this.#ask((session) => session.request(commands.reset())).pipe(toVoid());
  }

  /** Starts the camera's bootloader, which waits for firmware and speaks another protocol. Cold; completes as `reset()` does. */
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

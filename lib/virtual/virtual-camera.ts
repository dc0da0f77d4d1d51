import { BehaviorSubject, filter, interval, NEVER, takeUntil, tap, type Observable, type Subscription } from 'rxjs';
import { messageOf } from '../errors.js';
import type { Connection, Transport } from '../transport/transport.js';
import { FRAME_TOO_LARGE } from '../wire/payloads/index.js';
import { WrongAnswer } from '../device/stack/answers.js';
import type { Backend } from '../device/backend.js';
import { Device } from '../device/device.js';
import { memoryAfter } from './board-presets.js';
import { OwnChannels } from './own-channels.js';
import { Exposures, PictureControl } from './pictures/picture-control.js';
import type { PictureSettings } from './pictures/picture-settings.js';
import { PictureSource } from './pictures/picture-source.js';
import type { ScriptIo } from './script/script-io.js';
import { ScriptRunner, type ScriptEffects } from './script/script-runner.js';
import { simulateProfile } from './simulated-profile.js';
import { StdinChannel } from '../device/backends/stdin-channel.js';
import { greeting, StdoutChannel } from '../device/backends/stdout-channel.js';
import { StreamChannel } from '../device/backends/stream-channel.js';
import {
  virtualCameraSettings,
  type VirtualCameraOptions,
  type VirtualCameraSettings,
} from './virtual-camera-options.js';
import { virtualTransport } from './virtual-transport.js';
import { whileAttached } from '../device/backends/sending.js';

/**
 * A camera without hardware: a {@link Device} with the firmware's channels `stdin`, `stdout` and `stream`, and the channels
 * that its scripts register: `config`, `frame`, `controls` and `imu`. The option `board` selects the camera that it imitates.
 *
 * Its main script starts when the first host connects, and again after a reset. The script takes 25 pictures per second and
 * prints one line per second. The stream publishes the next picture while it is on and the host has read the last frame. As
 * on a camera, STOP ends the main script without a soft reboot and without an event, and its channels stay (PROTOCOL 9). A
 * script that a host sent ends in a soft reboot, after which `stdout` has MicroPython's banner and prompt. Pictures, and
 * events of the channels below, appear only while a script runs. The camera understands a small part of MicroPython: see
 * {@link VirtualCameraOptions.runScript}.
 *
 * Pictures show a moving test pattern, a different one for each sensor. They are JPEGs with the frame's number in a comment,
 * which `frameNumber` reads; in raw mode they have the sensor's format: see {@link PictureSettings}. The pattern repeats after
 * 20 frames. Encoded pictures are cached: up to 16 MiB for all cameras of a program, and as much again for each camera with
 * its own `encodeJpeg`. A picture whose JPEG does not fit the stream buffer is not published; the firmware's mark for that goes
 * to `stdout`. If `encodeJpeg` or `frameSource` throws, the picture is not published either; the reason goes to `stdout`, and
 * `device.errors$` emits it.
 *
 * If a channel of a script returns a `size` or `shape` of a wrong type, the script ends and `stdout` has MicroPython's
 * exception, without the line of the script. If programs use so many of the 32 channel ids that a script cannot register its
 * channels, every script ends at once and `stdout` has the reason.
 *
 * | channel | content |
 * |---|---|
 * | `config` | {@link PictureSettings} as JSON. A write of some of them, `{"quality": 50}`, applies from the next picture until the next script starts. A setting outside its limits is refused. Event 1 after each change. |
 * | `frame` | A picture of 64 × 48 pixels, until its last byte is read. Event 1 when the next one is ready. |
 * | `controls` | One of each of the eleven widgets, as CBOR. `gain`, `rate` and `shape` change the waveform, `unit` the temperature, `title` the text, `running` and `restart` the motion. |
 * | `imu` | Unread records of {@link imuLayout}, 208 per second and at most 512; a full ring drops the oldest, and reading removes them. SHAPE is the number of records, the bytes of one, and the number of dropped records. Event 1 when there are records, once per read and host. |
 *
 * No timer runs while no host is attached, unless your own `runScript` leaves one. A script then pauses, and continues when
 * the next host attaches.
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { VirtualCamera, frameNumber } from 'openmv-rx/virtual';
 *
 * const virtual = new VirtualCamera({ board: 'H7 Plus', width: 160, height: 120 });
 * const camera = new Camera(virtual.transport());
 * camera.frames$.subscribe((frame) => console.log(frame.fps, frameNumber(frame.data)));
 * virtual.adjust({ framesPerSecond: 50, exposure: 0.5 });
 * ```
 */
export class VirtualCamera {
  /** The device. Register further channels with it; flags without DYNAMIC keep a channel through soft reboots. */
  readonly device: Device;
  readonly #settings: VirtualCameraSettings;
  readonly #stdin: StdinChannel;
  readonly #stdout: StdoutChannel;
  readonly #stream: StreamChannel;
  readonly #runner: ScriptRunner;
  readonly #attached = new BehaviorSubject(false);
  readonly #working = new BehaviorSubject(false);
  readonly #control: PictureControl;
  readonly #pictures: PictureSource;
  readonly #exposures: Exposures;
  readonly #transport: Transport;
  readonly #ownChannels: OwnChannels;
  #poweredAt: number | undefined;
  #index = 0;

  /** @throws {OpenMVError} `INVALID_ARGUMENT` when an option is outside its limits. */
  constructor(options: VirtualCameraOptions = {}) {
    const settings = virtualCameraSettings(options);
    const { scheduler, board, sensors, name } = settings;
    this.#settings = settings;
    this.#control = new PictureControl(settings.picture);
    this.#pictures = new PictureSource(settings);
    this.#exposures = new Exposures(() => this.#expose(++this.#index), scheduler);
    const { memory = () => memoryAfter(board.pools, this.#index) } = settings.device;
    this.device = new Device({ ...settings.device, memory });
    this.#runner = new ScriptRunner(this.#scriptEffects(), scheduler);
    this.#stdin = new StdinChannel(this.device, this.#runner);
    this.#stdout = new StdoutChannel(this.device, settings.stdoutBytes, settings.pollIntervalMs, scheduler);
    this.#stream = new StreamChannel(this.device, { raw: board.raw, sensors }, () => this.#switchSensor());
    const uptime = () => scheduler.now() - (this.#poweredAt ?? 0);
    this.#ownChannels = new OwnChannels(this.device, {
      settings,
      control: this.#control,
      working$: this.#working,
      uptime,
    });
    if (settings.profile) simulateProfile(this.device, this.#attached, scheduler);
    this.#transport = virtualTransport(name, options.scheduler, (connection) => this.attach(connection));
    this.device.restarts$.subscribe(() => this.#powerOff());
    this.#control.settings$.subscribe(() => this.#switchSensor());
  }

  /** The current picture settings. */
  get picture(): PictureSettings {
    return this.#control.settings;
  }

  /**
   * A transport to this camera within the program. `open()` errors with `PORT_UNAVAILABLE` while it is open already. The
   * connection errors with `LINK_LOST` when the host restarts the camera or another connection is attached.
   */
  transport(): Transport {
    return this.#transport;
  }

  /** Serves a connection, such as a socket, a serial port or one end of a `memoryPair`: see {@link Device.attach}. */
  attach(connection: Connection): Subscription {
    const attached = this.device.attach(connection);
    this.#setAttached(true);
    attached.add(() => this.#setAttached(false));
    return attached;
  }

  /** Writes text to `stdout`, as a script does, without a line end. */
  print(text: string): void {
    this.#stdout.print(text);
  }

  /**
   * Changes picture settings from the next picture on. Unlike a host's write to `config`, they stay when the next script
   * starts.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when a setting is outside its limits; nothing changes then.
   */
  adjust(changes: Partial<PictureSettings>): void {
    this.#control.adjust(changes);
  }

  #setAttached(attached: boolean): void {
    if (attached && this.#poweredAt === undefined) {
      this.#poweredAt = this.#settings.scheduler.now();
      this.#runner.run(() => this.#mainScript(), true);
    }
    this.#attached.next(attached);
    this.#stdout.attach(attached);
    this.#switchSensor();
  }

  #mainScript(): Observable<unknown> {
    const { stdoutIntervalMs, scheduler } = this.#settings;
    const line = () => this.print(`frame ${this.#index} – ${this.picture.framesPerSecond.toFixed(1)} fps ✓\n`);
    const printing = stdoutIntervalMs === false ? NEVER : interval(stdoutIntervalMs, scheduler).pipe(tap(line));
    return whileAttached(this.#attached, printing);
  }

  #scriptEffects(): ScriptEffects {
    return {
      uploaded: () => {
        const { source } = this.#stdin;
        return source === '' ? undefined : () => this.#hostScript(source);
      },
      started: () => {
        this.#stdin.announce(true);
        // A script sets up its sensor, and so undoes the requests of hosts (PROTOCOL 8).
        this.#stream.source = 0;
        this.#control.restore();
        this.#ownChannels.register();
        this.#switchSensor();
      },
      ended: (failure, isOwn) => {
        if (failure !== undefined) this.print(failure);
        if (!isOwn) {
          this.#stdin.announce(false);
          this.#softReboot();
          this.print(greeting(this.#settings.board.machine, this.#settings.firmware));
        }
        this.#switchSensor();
      },
    };
  }

  /** Runs a host's script. An answer of a wrong type from one of its back-ends ends it (PROTOCOL 7). */
  #hostScript(source: string): Observable<unknown> {
    const { scheduler, runScript } = this.#settings;
    const backends = new Set<Backend>();
    const register: ScriptIo['register'] = (name, backend) => {
      backends.add(backend);
      return this.device.register(name, backend);
    };
    const raised$ = this.device.errors$.pipe(
      filter(({ error }) => error instanceof WrongAnswer && backends.has(error.backend)),
      tap(({ error }) => {
        throw new Error((error as WrongAnswer).exception);
      }),
    );
    const print = (text: string) => this.print(text);
    const script$ = runScript(source, { print, register, attached$: this.#attached.asObservable(), scheduler });
    return script$.pipe(takeUntil(raised$));
  }

  /** Resets everything except `stdout`. */
  #softReboot(): void {
    this.device.softReboot();
    this.#stdin.clear();
    this.#stream.softReboot();
  }

  /** The camera works while a host is attached and a script runs; its sensor, while the stream is on too. */
  #switchSensor(): void {
    const working = this.#attached.value && this.#runner.running;
    if (working !== this.#working.value) this.#working.next(working);
    this.#exposures.run(working && this.#stream.enabled ? this.picture.framesPerSecond : undefined);
  }

  #expose(index: number): void {
    if (!this.#stream.ready) return;
    const shot = { index, settings: this.picture, sensor: this.#stream.source };
    try {
      const frame = this.#pictures.frame(shot, this.#stream.raw);
      if (frame) this.#stream.publish(frame);
      else this.print(FRAME_TOO_LARGE);
    } catch (error) {
      this.print(`${messageOf(error)}\n`);
      this.device.report({ channel: 'stream', opcode: undefined, error });
    }
  }

  /** Resets all state. The main script runs again at the next start. */
  #powerOff(): void {
    this.#poweredAt = undefined;
    this.#runner.kill();
    this.#softReboot();
    this.#stdout.clear();
    this.#stream.enabled = false;
    this.#switchSensor();
  }
}

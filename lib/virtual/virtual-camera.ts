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
 * A camera without hardware: a {@link Device} with the channels of the firmware, `stdin`, `stdout` and `stream`, and those
 * that its scripts register, `config`, `frame`, `controls` and `imu`. Its option `board` says which camera it is.
 *
 * Its main script runs when a host first comes, and again after a reset. It takes a picture 25 times a second, of which the
 * stream publishes one whenever it is on and the last was read, and it prints a line a second. As on a camera, STOP ends
 * this script without a soft reboot and without an event, and its channels stay (PROTOCOL 9). A script that a host has sent
 * ends in a soft reboot, behind which `stdout` has MicroPython's banner and prompt. Pictures, and events of the channels
 * below, come only while a script runs. It understands a small part of MicroPython: see
 * {@link VirtualCameraOptions.runScript}.
 *
 * Pictures are a test pattern that moves, another for each sensor: as JPEG with the frame's number in a comment
 * (`frameNumber` reads it), or in raw mode as the sensor gives them: see {@link PictureSettings}. The pattern comes again
 * after 20 frames, and what is encoded is kept, up to 16 MiB for all cameras of a program together, and as much again for
 * each that has its own `encodeJpeg`. A picture whose JPEG is larger than the stream buffer is not published: the
 * firmware's mark of that goes to `stdout`. One that `encodeJpeg` or `frameSource` throws at is not published either: the
 * reason goes to `stdout` and is an entry of `device.errors$`.
 *
 * A `size` or `shape` of a wrong type, from a channel that a script has registered, ends that script, and `stdout` has
 * MicroPython's exception, without the line where the script was. Where programs have taken so many of the 32 ids that no
 * script finds one for each of its channels, every script ends at once, and `stdout` says why.
 *
 * | channel | what it holds |
 * |---|---|
 * | `config` | {@link PictureSettings} as JSON. A write of some of them, `{"quality": 50}`, holds from the next picture on, until the next script begins; one outside its limits is refused. Event 1 when they have changed. |
 * | `frame` | a picture of 64 × 48 pixels, until its last byte was read, and event 1 when there is the next |
 * | `controls` | one of each of the eleven widgets, as CBOR; setting some changes others: `gain`, `rate` and `shape` the waveform, `unit` the temperature, `title` the text, `running` and `restart` the motion. |
 * | `imu` | the records of {@link imuLayout} that were not read yet, 208 a second and at most 512, the oldest of which are dropped; reading takes them out. SHAPE is how many there are, the bytes of one, and how many were dropped. Event 1 when there are some, to each host once until they are read. |
 *
 * No timer runs while no host is attached, unless a `runScript` of yours leaves one: what a host has left running
 * sleeps and goes on with the next.
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
  /** The protocol stack, to register further channels with: give flags without DYNAMIC to keep one through reboots. */
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
  readonly #cable: Transport;
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
    this.#cable = virtualTransport(name, options.scheduler, (connection) => this.attach(connection));
    this.device.restarts$.subscribe(() => this.#powerOff());
    this.#control.settings$.subscribe(() => this.#switchSensor());
  }

  /** What its pictures are like now. */
  get picture(): PictureSettings {
    return this.#control.settings;
  }

  /**
   * A transport to this camera, in this program. Its `open()` errors with `PORT_UNAVAILABLE` while it is open already,
   * and with `LINK_LOST` when the host has restarted the camera or another connection was attached.
   */
  transport(): Transport {
    return this.#cable;
  }

  /** Serves a connection, as {@link Device.attach} does: a socket, a serial port, the other end of a `memoryPair`. */
  attach(connection: Connection): Subscription {
    const attached = this.device.attach(connection);
    this.#setAttached(true);
    attached.add(() => this.#setAttached(false));
    return attached;
  }

  /** Writes text to `stdout`, as a script would; no line end is added. */
  print(text: string): void {
    this.#stdout.print(text);
  }

  /**
   * Changes what its pictures are like, from the next one on, until it is called again: what a host writes to `config`
   * holds until the next script begins, this longer.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when a setting is outside its limits; nothing has changed then.
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
        // A script sets up its sensor, whatever a host has asked for before (PROTOCOL 8).
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

  /** A script that a host has sent. A wrong type from one of its back-ends ends it (PROTOCOL 7). */
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

  /** Everything but `stdout` begins anew. */
  #softReboot(): void {
    this.device.softReboot();
    this.#stdin.clear();
    this.#stream.softReboot();
  }

  /** The camera works while a script runs, and its sensor only if somebody wants the pictures. */
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

  /** What is lost without power: all but the flash, whose main script runs at the next start. */
  #powerOff(): void {
    this.#poweredAt = undefined;
    this.#runner.kill();
    this.#softReboot();
    this.#stdout.clear();
    this.#stream.enabled = false;
    this.#switchSensor();
  }
}

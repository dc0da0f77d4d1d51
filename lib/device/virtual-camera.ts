import {
  asyncScheduler,
  BehaviorSubject,
  interval,
  NEVER,
  switchMap,
  tap,
  timer,
  type Observable,
  type Subscription,
} from 'rxjs';
import type { Connection, Transport } from '../transport/transport.js';
import { defaultSystemInfo } from './board.js';
import { ConfigChannel } from './config-channel.js';
import { Device } from './device.js';
import { FrameChannel } from './frame-channel.js';
import { streamFrame, type PictureOptions } from './picture-source.js';
import type { ScriptIo } from './run-script.js';
import { ScriptRunner, type ScriptEffects } from './script-runner.js';
import { StdinChannel } from './stdin-channel.js';
import { StdoutChannel } from './stdout-channel.js';
import { StreamChannel } from './stream-channel.js';
import {
  virtualCameraSettings,
  type VirtualCameraOptions,
  type VirtualCameraSettings,
} from './virtual-camera-options.js';
import { virtualTransport } from './virtual-transport.js';

/**
 * A camera without hardware: a {@link Device} with the channels of the firmware, `stdin`, `stdout` and `stream`, and two
 * that its scripts register, `config` and `frame`.
 *
 * When a host first comes it behaves as if its main script runs: it has a picture 25 times a second, of which the
 * stream publishes one whenever it is on and the last was read, and it prints a line a second. Pictures are a test
 * pattern as JPEG with the frame's number drawn in it and in a comment (`frameNumber` reads it); in raw mode RGB565.
 * STOP ends the main script as it ends any other, by a soft reboot (PROTOCOL 9); pictures come while a script runs.
 * `config` holds `{"quality": 80}` as JSON: a write of another quality holds from the next picture on and sends event 1;
 * anything else is refused. `frame` holds a small RGB565 picture until its last byte was read, and sends event 1 when
 * there is the next.
 *
 * No timer runs while no host is attached, unless a `runScript` of yours leaves one: what a host has left running
 * sleeps and goes on with the next.
 *
 * @example
 * ```ts
 * import { Camera, VirtualCamera, frameNumber } from 'openmv-rx';
 *
 * const camera = new Camera(new VirtualCamera({ width: 160, height: 120 }).transport());
 * camera.frames$.subscribe((frame) => console.log(frameNumber(frame.data)));
 * ```
 */
export class VirtualCamera {
  /** The protocol stack, to register further channels with: give flags without DYNAMIC to keep one through reboots. */
  readonly device: Device;
  private readonly settings: VirtualCameraSettings;
  private readonly stdin: StdinChannel;
  private readonly stdout: StdoutChannel;
  private readonly stream: StreamChannel;
  private readonly runner: ScriptRunner;
  private readonly attached = new BehaviorSubject(false);
  private readonly pictures: PictureOptions;
  private readonly cable: Transport;
  private config: ConfigChannel;
  private sensor: Subscription | undefined;
  private powered = false;
  private index = 0;

  /** @throws {OpenMVError} `INVALID_ARGUMENT` when an option is outside its limits. */
  constructor(options: VirtualCameraOptions = {}) {
    const settings = virtualCameraSettings(options);
    const { scheduler = asyncScheduler, systemInfo = defaultSystemInfo, encodeJpeg, frameSource } = settings;
    this.settings = settings;
    this.pictures = {
      framesPerSecond: settings.framesPerSecond,
      encodeJpeg,
      frameSource,
      streamBufferBytes: systemInfo.streamBufferKB * 1024,
    };
    this.config = new ConfigChannel(settings.quality);
    this.device = new Device(settings);
    this.runner = new ScriptRunner(this.scriptEffects(), scheduler);
    this.stdin = new StdinChannel(this.device, this.runner);
    this.stdout = new StdoutChannel(this.device, settings.stdoutBytes, settings.pollIntervalMs, scheduler);
    this.stream = new StreamChannel(this.device, () => this.switchSensor());
    this.cable = virtualTransport(settings.name, settings.scheduler, (connection) => this.attach(connection));
    this.device.restarts$.subscribe(() => this.powerOff());
  }

  /**
   * A transport to this camera, in this program. Its `open()` errors with `PORT_UNAVAILABLE` while it is open already,
   * and with `LINK_LOST` when the host has restarted the camera or another connection was attached.
   */
  transport(): Transport {
    return this.cable;
  }

  /** Serves a connection, as {@link Device.attach} does: a socket, a serial port, the other end of a `memoryPair`. */
  attach(connection: Connection): Subscription {
    const attached = this.device.attach(connection);
    this.setAttached(true);
    attached.add(() => this.setAttached(false));
    return attached;
  }

  /** Writes text to `stdout`, as a script would; no line end is added. */
  print(text: string): void {
    this.stdout.print(text);
  }

  private setAttached(attached: boolean): void {
    if (attached && !this.powered) {
      this.powered = true;
      this.runner.run(() => this.mainScript());
    }
    this.attached.next(attached);
    this.stdout.attach(attached);
    this.switchSensor();
  }

  private mainScript(): Observable<unknown> {
    const { stdoutIntervalMs, framesPerSecond, scheduler } = this.settings;
    const line = () => this.print(`frame ${this.index} – ${framesPerSecond.toFixed(1)} fps ✓\n`);
    const printing = stdoutIntervalMs === false ? NEVER : interval(stdoutIntervalMs, scheduler).pipe(tap(line));
    return this.attached.pipe(switchMap((attached) => (attached ? printing : NEVER)));
  }

  private scriptEffects(): ScriptEffects {
    const { scheduler = asyncScheduler, runScript } = this.settings;
    return {
      uploaded: () => {
        const { source } = this.stdin;
        const print = (text: string) => this.print(text);
        const register: ScriptIo['register'] = (name, backend) => this.device.register(name, backend);
        return source === ''
          ? undefined
          : () => runScript(source, { print, register, attached$: this.attached.asObservable(), scheduler });
      },
      started: () => {
        this.stdin.announce(true);
        this.registerChannels();
        this.switchSensor();
      },
      ended: (failure: string | undefined) => {
        if (failure !== undefined) this.print(failure);
        this.stdin.announce(false);
        this.device.softReboot();
        this.stdin.clear();
        this.stream.softReboot();
        this.print('MPY: soft reboot\n');
        this.switchSensor();
      },
    };
  }

  private registerChannels(): void {
    const { quality, framesPerSecond, scheduler = asyncScheduler } = this.settings;
    const frame = new FrameChannel(1000 / framesPerSecond, scheduler);
    this.config = new ConfigChannel(quality);
    this.config.channel = this.device.register('config', this.config);
    frame.channel = this.device.register('frame', frame);
  }

  /** The sensor works while a script runs, and only if somebody wants its pictures. */
  private switchSensor(): void {
    const wanted = this.attached.value && this.runner.running && this.stream.enabled;
    if (wanted === (this.sensor !== undefined)) return;
    this.sensor?.unsubscribe();
    const periodMs = 1000 / this.settings.framesPerSecond;
    this.sensor = wanted
      ? timer(0, periodMs, this.settings.scheduler).subscribe(() => this.expose(++this.index))
      : undefined;
  }

  private expose(index: number): void {
    if (!this.stream.ready) return;
    const { width, height } = this.settings;
    const picture = { width, height, quality: this.config.quality };
    this.stream.publish(streamFrame(index, picture, this.stream.raw, this.pictures));
  }

  /** What is lost without power: all but the flash, whose main script runs at the next start. */
  private powerOff(): void {
    this.powered = false;
    this.runner.kill();
    this.device.softReboot();
    this.stdin.clear();
    this.stdout.clear();
    this.stream.softReboot();
    this.stream.enabled = false;
    this.switchSensor();
  }
}

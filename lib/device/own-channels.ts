import { defer, Subscription, type Observable } from 'rxjs';
import { serveConfig } from './config-channel.js';
import { serveControls } from './controls-channel.js';
import type { Device } from './device.js';
import { serveFrame } from './frame-channel.js';
import { serveImu } from './imu-channel.js';
import type { PictureControl } from './picture-control.js';
import type { VirtualCameraSettings } from './virtual-camera-options.js';
import { attachedFor } from './while-attached.js';

/** Registers a channel, and ends what it keeps going when it is unsubscribed. */
type Serve = (device: Device) => Subscription;

/** The camera, as its own channels see it. */
export interface ChannelSources {
  readonly settings: VirtualCameraSettings;
  readonly control: PictureControl;
  /** A script runs, and a host is there: pictures and records come only then. */
  readonly working$: Observable<boolean>;
  /** Milliseconds since the camera was switched on. */
  readonly uptime: () => number;
}

/** The channels that a virtual camera registers itself when a script begins: once, until the next soft reboot. */
export class OwnChannels {
  private missing: readonly Serve[];
  private serving = new Subscription();

  constructor(
    private readonly device: Device,
    private readonly sources: ChannelSources,
  ) {
    this.missing = this.all();
  }

  /** @throws {OpenMVError} `TOO_LARGE` when no id is left. Those that are registered by then stay. */
  register(): void {
    for (const serve of this.missing) {
      this.serving.add(serve(this.device));
      this.missing = this.missing.slice(1);
    }
  }

  /** In the order of their ids. A soft reboot takes all of them away, and the first tells of it. */
  private all(): readonly Serve[] {
    const { settings, control, working$, uptime } = this.sources;
    const { scheduler, frameChannelFormat, imu } = settings;
    const frameTime$ = defer(() => attachedFor(working$, 1000 / control.settings.framesPerSecond, scheduler));
    return [
      (device) => serveConfig(device, control, () => this.forget()),
      (device) => serveFrame(device, frameChannelFormat, frameTime$),
      ...(imu ? [(device: Device) => serveImu(device, { uptime, working$, scheduler })] : []),
      (device) => serveControls(device, uptime),
    ];
  }

  private forget(): void {
    this.serving.unsubscribe();
    this.serving = new Subscription();
    this.missing = this.all();
  }
}

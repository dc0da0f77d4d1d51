import { defer, type Observable, skip, Subscription } from 'rxjs';
import { attachedFor } from '../device/backends/sending.js';
import type { Device } from '../device/device.js';
import { controls } from './controls.js';
import { decodeUtf8, encodeUtf8 } from '../wire/payloads/index.js';
import { serveImu } from './imu-channel.js';
import { encodePixels, type UncompressedFormat } from '../frames/encode-pixels.js';
import type { PictureControl } from './pictures/picture-control.js';
import { given, type PictureSettings, settingNames } from './pictures/picture-settings.js';
import type { VirtualCameraSettings } from './virtual-camera-options.js';

/** Registers a channel; the subscription stops its timers. */
type Serve = (device: Device) => Subscription;

/** The parts of the camera that its own channels use. */
interface ChannelSources {
  readonly settings: VirtualCameraSettings;
  readonly control: PictureControl;
  /** True while a script runs and a host is attached. Pictures and records appear only then. */
  readonly working$: Observable<boolean>;
  /** Milliseconds since the camera was switched on. */
  readonly uptime: () => number;
}

/** The channels that a virtual camera registers when a script starts, once until the next soft reboot. */
export class OwnChannels {
  readonly #device: Device;
  readonly #sources: ChannelSources;
  #missing: readonly Serve[];
  #serving = new Subscription();

  constructor(device: Device, sources: ChannelSources) {
    this.#device = device;
    this.#sources = sources;
    this.#missing = this.#all();
  }

  /** @throws {OpenMVError} `TOO_LARGE` when no id is left. Channels that were registered before stay. */
  register(): void {
    for (const serve of this.#missing) {
      this.#serving.add(serve(this.#device));
      this.#missing = this.#missing.slice(1);
    }
  }

  /** All channels in the order of their ids. A soft reboot removes them all, and the first one reports it. */
  #all(): readonly Serve[] {
    const { settings, control, working$, uptime } = this.#sources;
    const { scheduler, frameChannelFormat, imu } = settings;
    const frameTime$ = defer(() => attachedFor(working$, 1000 / control.settings.framesPerSecond, scheduler));
    return [
      (device) => serveConfig(device, control, () => this.#reset()),
      (device) => serveFrame(device, frameChannelFormat, frameTime$),
      ...(imu ? [(device: Device) => serveImu(device, { uptime, working$, scheduler })] : []),
      (device) => serveControls(device, uptime),
    ];
  }

  #reset(): void {
    this.#serving.unsubscribe();
    this.#serving = new Subscription();
    this.#missing = this.#all();
  }
}

/** Serves `controls`, a panel of widgets. */
function serveControls(device: Device, uptime: () => number): Subscription {
  const channel = device.register('controls', controls(uptime));
  return new Subscription(() => channel.unregister());
}

/** The event of `config`: the settings have changed. */
const CHANGED = 1;

/**
 * Serves `config`, as a script could: the settings of the pictures as JSON, `{"quality":80,"framesPerSecond":25,…}`. A write
 * contains the settings to change.
 *
 * @param onRemoved called when a soft reboot removes the channel
 */
function serveConfig(device: Device, control: PictureControl, onRemoved: () => void): Subscription {
  let text = textOf(control.settings);
  const channel = device.register('config', {
    deinit: onRemoved,
    size: () => text.length,
    read: (offset, size) => text.subarray(offset, offset + size),
    write: (offset, data) => (offset === 0 && change(control, decodeUtf8(data)) ? data.length : 0),
  });
  return control.settings$.pipe(skip(1)).subscribe((settings) => {
    text = textOf(settings);
    channel.sendEvent(CHANGED);
  });
}

function textOf(settings: PictureSettings): Uint8Array {
  return encodeUtf8(JSON.stringify(Object.fromEntries(settingNames.map((name) => [name, settings[name]]))));
}

/** Changes settings. Returns false if the text is not JSON, contains no setting, or a setting is outside its limits. */
function change(control: PictureControl, json: string): boolean {
  try {
    const changes = given(JSON.parse(json) as object);
    if (Object.keys(changes).length === 0) return false;
    control.ask(changes);
    return true;
  } catch {
    return false;
  }
}

const SIZE = { width: 64, height: 48 };
/** The event of `frame`: the next picture is ready. */
const NEXT = 1;
const NO_FRAME = new Uint8Array(0);

/**
 * Serves `frame`, as a script could: one picture of 64 × 48 pixels at a time. Each stays until its last byte is read.
 *
 * @param next$ emits once, when it is time for the next picture
 */
function serveFrame(device: Device, format: UncompressedFormat, next$: Observable<unknown>): Subscription {
  let index = 0;
  let frame = encodePixels(gradient(index), SIZE, format);
  const waiting = new Subscription();
  const publish = () => {
    frame = encodePixels(gradient(++index), SIZE, format);
    channel.sendEvent(NEXT);
  };
  const channel = device.register('frame', {
    poll: () => frame.length > 0,
    size: () => frame.length,
    shape: () => [SIZE.height, SIZE.width, frame.length],
    readp: (offset, size) => {
      const whole = frame;
      const end = offset + size;
      if (whole.length > 0 && end >= whole.length) {
        frame = NO_FRAME;
        waiting.add(next$.subscribe(publish));
      }
      return whole.subarray(offset, end);
    },
  });
  return waiting;
}

/** A gradient in RGBA that moves by one pixel per frame. */
function gradient(index: number): Uint8Array {
  const { width, height } = SIZE;
  const rgba = new Uint8Array(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    rgba[4 * pixel] = (((pixel % width) + index) & 0x1f) << 3;
    rgba[4 * pixel + 1] = Math.floor(pixel / width) << 2;
    rgba[4 * pixel + 2] = 0x80;
    rgba[4 * pixel + 3] = 0xff;
  }
  return rgba;
}

import { defer, type Observable, skip, Subscription } from 'rxjs';
import { attachedFor } from '../device/backends/sending.js';
import type { Device } from '../device/device.js';
import { controls } from './controls.js';
import { decodeUtf8, encodeUtf8 } from '../wire/payloads/index.js';
import { serveImu } from './imu-channel.js';
import { encodePixels, type UncompressedFormat } from './pictures/encode-pixels.js';
import type { PictureControl } from './pictures/picture-control.js';
import { given, type PictureSettings, settingNames } from './pictures/picture-settings.js';
import type { VirtualCameraSettings } from './virtual-camera-options.js';

/** Registers a channel, and ends what it keeps going when it is unsubscribed. */
type Serve = (device: Device) => Subscription;

/** The camera, as its own channels see it. */
interface ChannelSources {
  readonly settings: VirtualCameraSettings;
  readonly control: PictureControl;
  /** A script runs, and a host is there: pictures and records come only then. */
  readonly working$: Observable<boolean>;
  /** Milliseconds since the camera was switched on. */
  readonly uptime: () => number;
}

/** The channels that a virtual camera registers itself when a script begins: once, until the next soft reboot. */
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

  /** @throws {OpenMVError} `TOO_LARGE` when no id is left. Those that are registered by then stay. */
  register(): void {
    for (const serve of this.#missing) {
      this.#serving.add(serve(this.#device));
      this.#missing = this.#missing.slice(1);
    }
  }

  /** In the order of their ids. A soft reboot takes all of them away, and the first tells of it. */
  #all(): readonly Serve[] {
    const { settings, control, working$, uptime } = this.#sources;
    const { scheduler, frameChannelFormat, imu } = settings;
    const frameTime$ = defer(() => attachedFor(working$, 1000 / control.settings.framesPerSecond, scheduler));
    return [
      (device) => serveConfig(device, control, () => this.#forget()),
      (device) => serveFrame(device, frameChannelFormat, frameTime$),
      ...(imu ? [(device: Device) => serveImu(device, { uptime, working$, scheduler })] : []),
      (device) => serveControls(device, uptime),
    ];
  }

  #forget(): void {
    this.#serving.unsubscribe();
    this.#serving = new Subscription();
    this.#missing = this.#all();
  }
}

/** Registers `controls`, widgets to look at and to set, until the result is unsubscribed from. */
function serveControls(device: Device, uptime: () => number): Subscription {
  const channel = device.register('controls', controls(uptime));
  return new Subscription(() => channel.unregister());
}

/** The event of `config` that it has changed. */
const CHANGED = 1;

/**
 * Serves `config`, as a script could: the settings of the pictures as JSON, `{"quality":80,"framesPerSecond":25,…}`. A
 * write holds those that are to change.
 *
 * @param onGone called when a soft reboot has taken the channel away
 */
function serveConfig(device: Device, control: PictureControl, onGone: () => void): Subscription {
  let text = textOf(control.settings);
  const channel = device.register('config', {
    deinit: onGone,
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

/** False, and nothing has changed, for what is not JSON, holds no setting, or one outside its limits. */
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
/** The event of `frame` that the next one is there. */
const NEXT = 1;
const NO_FRAME = new Uint8Array(0);

/**
 * Serves `frame`, as a script could: a picture of 64 × 48 pixels at a time, each kept until its last byte was read.
 *
 * @param next$ emits when it is time for the next picture, once
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

/** A gradient that moves by a pixel a frame; RGBA. */
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

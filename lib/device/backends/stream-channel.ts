import { ChannelFlag } from '../../wire/flags.js';
import { NO_BYTES } from '../../wire/packet.js';
import {
  decodeFrameHeader,
  decodeWord,
  decodeWords,
  isCompressed,
  NOTIFY,
  STREAM_ARGUMENT_BYTES,
  StreamRequest,
} from '../../wire/payloads/index.js';
import type { Device, DeviceChannel } from '../device.js';
import { HeldFrame } from './held-frame.js';

/** Raw mode, as the host sets it. */
export interface RawSettings {
  readonly enabled: boolean;
  readonly width: number;
  readonly height: number;
}

/** The settings of a stream. */
export interface StreamOptions {
  /** The raw mode at the start and after a soft reboot. */
  readonly raw: RawSettings;
  /** The chip ids of the sensors that the host can choose from. */
  readonly sensors: readonly number[];
}

/** The channel `stream` (PROTOCOL 8). */
export class StreamChannel extends HeldFrame {
  readonly ioctlSizes = STREAM_ARGUMENT_BYTES;
  readonly #options: StreamOptions;
  readonly #onSwitched: () => void;
  readonly #channel: DeviceChannel;
  enabled = false;
  raw: RawSettings;
  /** The index of the sensor whose pictures it shows. */
  source = 0;

  /** @param onSwitched called when the host has switched the stream on or off */
  constructor(device: Device, options: StreamOptions, onSwitched: () => void) {
    super();
    this.#options = options;
    this.#onSwitched = onSwitched;
    this.raw = options.raw;
    const flags = ChannelFlag.READ | ChannelFlag.LOCK | ChannelFlag.STREAM;
    this.#channel = device.register('stream', this, flags);
  }

  /** True when a frame may be published: the stream is on, and the host has read the last frame. */
  get ready(): boolean {
    return this.enabled && this.frame.length === 0;
  }

  /** Holds a frame, header included, and notifies the host once. */
  publish(frame: Uint8Array): void {
    this.hold(frame);
    this.#channel.sendEvent(NOTIFY);
  }

  /** Restores the settings of the start. The stream itself stays on. */
  softReboot(): void {
    this.raw = this.#options.raw;
    this.source = 0;
    this.discard();
  }

  /** The bytes of a compressed picture, else width, height and bytes of a pixel (PROTOCOL 8). */
  shape(): number[] {
    if (this.frame.length === 0) return [];
    const { width, height, pixelFormat, size } = decodeFrameHeader(this.frame);
    return isCompressed(pixelFormat) ? [size] : [width, height, size];
  }

  ioctl(request: number, argument: Uint8Array = NO_BYTES): number {
    const done = this.#execute(request, argument);
    if (request === StreamRequest.CTRL) this.#onSwitched();
    return Number(!done);
  }

  /** False when the argument is invalid. */
  #execute(request: number, argument: Uint8Array): boolean {
    if (request === StreamRequest.SOURCE) return this.#choose(decodeWord(argument));
    if (request === StreamRequest.CTRL) {
      this.enabled = decodeWord(argument) !== 0;
      this.discard();
    } else if (request === StreamRequest.RAW_CTRL) this.raw = { ...this.raw, enabled: decodeWord(argument) !== 0 };
    else if (request === StreamRequest.RAW_CFG) {
      const [width = 0, height = 0] = decodeWords(argument);
      this.raw = { ...this.raw, width, height };
    }
    return true;
  }

  /** Chip id 0 stands for the first sensor. */
  #choose(chipId: number): boolean {
    const source = chipId === 0 ? 0 : this.#options.sensors.indexOf(chipId);
    if (source >= 0) this.source = source;
    return source >= 0;
  }
}

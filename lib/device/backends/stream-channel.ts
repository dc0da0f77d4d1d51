import { ChannelFlag } from '../../wire/flags.js';
import { NOTIFY, decodeFrameHeader, decodeWord, decodeWords } from '../../wire/payloads/index.js';
import type { Device, DeviceChannel } from '../device.js';

/** The requests of `stream` (PROTOCOL 8). */
const Request = { CTRL: 0, RAW_CTRL: 1, RAW_CFG: 2, SOURCE: 3 } as const;

const NO_FRAME = new Uint8Array(0);

/** How the host wants its frames. */
export interface RawSettings {
  readonly enabled: boolean;
  readonly width: number;
  readonly height: number;
}

/** What the stream has from its camera. */
export interface StreamOptions {
  /** How it begins, and what a soft reboot restores. */
  readonly raw: RawSettings;
  /** The chip ids of the sensors that can be its source. */
  readonly sensors: readonly number[];
}

/** The channel `stream`: one frame at a time, kept until it was read (PROTOCOL 8). */
export class StreamChannel {
  private frame: Uint8Array = NO_FRAME;
  private locked = false;
  private readonly channel: DeviceChannel;
  enabled = false;
  raw: RawSettings;
  /** Whose pictures it shows: an index of the sensors. */
  source = 0;

  /** @param onSwitched called when the host has switched the stream on or off */
  constructor(
    device: Device,
    private readonly options: StreamOptions,
    onSwitched: () => void,
  ) {
    this.raw = options.raw;
    const backend = {
      poll: () => this.frame.length > 0,
      lock: () => this.lock(),
      unlock: () => this.unlock(),
      size: () => this.frame.length,
      shape: () => shapeOf(this.frame),
      readp: (offset: number, size: number) =>
        offset + size > this.frame.length ? NO_FRAME : this.frame.subarray(offset, offset + size),
      ioctl: (request: number, argument: Uint8Array = NO_FRAME) => {
        const done = this.obey(request, argument);
        if (request === Request.CTRL) onSwitched();
        return Number(!done);
      },
      ioctlSizes: new Map([
        [Request.CTRL, 4],
        [Request.RAW_CTRL, 4],
        [Request.RAW_CFG, 8],
        [Request.SOURCE, 4],
      ]),
    };
    const flags = ChannelFlag.READ | ChannelFlag.LOCK | ChannelFlag.STREAM;
    this.channel = device.register('stream', backend, flags);
  }

  /** Whether a frame may be published: none is at hand until the host has read and unlocked the last. */
  get ready(): boolean {
    return this.enabled && this.frame.length === 0;
  }

  /** Puts a frame, header included, at the host's disposal and says so once. */
  publish(frame: Uint8Array): void {
    this.frame = frame;
    this.channel.sendEvent(NOTIFY);
  }

  /** What a soft reboot wipes; streaming stays on. */
  softReboot(): void {
    this.raw = this.options.raw;
    this.source = 0;
    this.drop();
  }

  drop(): void {
    this.frame = NO_FRAME;
    this.locked = false;
  }

  private lock(): boolean {
    if (this.locked || this.frame.length === 0) return false;
    return (this.locked = true);
  }

  private unlock(): boolean {
    if (this.locked) this.drop();
    return true;
  }

  /** False when the argument makes no sense to it. */
  private obey(request: number, argument: Uint8Array): boolean {
    if (request === Request.SOURCE) return this.choose(decodeWord(argument));
    if (request === Request.CTRL) {
      this.enabled = decodeWord(argument) !== 0;
      this.drop();
    } else if (request === Request.RAW_CTRL) this.raw = { ...this.raw, enabled: decodeWord(argument) !== 0 };
    else if (request === Request.RAW_CFG) {
      const [width = 0, height = 0] = decodeWords(argument);
      this.raw = { ...this.raw, width, height };
    }
    return true;
  }

  /** Chip id 0 is no sensor's: it stands for the first one. */
  private choose(chipId: number): boolean {
    const source = chipId === 0 ? 0 : this.options.sensors.indexOf(chipId);
    if (source >= 0) this.source = source;
    return source >= 0;
  }
}

/** The bytes of a compressed picture, else width, height and bytes per pixel: no length of a read (PROTOCOL 8). */
function shapeOf(frame: Uint8Array): number[] {
  if (frame.length === 0) return [];
  const { width, height, pixelFormat, size } = decodeFrameHeader(frame);
  return (pixelFormat & COMPRESSED) === 0 ? [width, height, size] : [size];
}

const COMPRESSED = 1 << 25;

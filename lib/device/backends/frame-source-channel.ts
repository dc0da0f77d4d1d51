import type { Observable, Subscription } from 'rxjs';
import { hasMethods, requireArgument } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import type { Frame } from '../../frames/frame.js';
import { formatWord, pictureBytes } from '../../frames/pixel-format.js';
import { ChannelFlag } from '../../wire/flags.js';
import { decodeWord, encodeFrameHeader, FRAME_HEADER_BYTES, NOTIFY } from '../../wire/payloads/index.js';
import type { Backend } from '../backend.js';
import type { Device, DeviceChannel } from '../device.js';
import { range } from './range.js';

/** A picture to be served, such as a {@link Frame} of another camera. `fps` may be left out. */
export type SourceFrame = Pick<Frame, 'width' | 'height' | 'format' | 'data'> & Partial<Pick<Frame, 'fps'>>;

/**
 * Serves pictures, one at a time, each kept for its reader until it was read, as the camera's `stream` does.
 *
 * A host that locks the channel, or asks for its SIZE without a lock, takes the newest frame; it gets the header of 32
 * bytes and the pixels (PROTOCOL 8). A lock holds the frame until UNLOCK, which discards it, so each is read at most
 * once. Without a lock it is done with when its last byte was read, and stays readable until the next SIZE, so what was
 * lost on the way can be read again. SIZE is 0 and LOCK is BUSY while there is no frame that was not read. A read past
 * the end is refused with FAILED. A frame whose `data` are more or less than its size and format take is dropped: the
 * LOCK that would take it is BUSY, the SIZE 0, and the reason is an entry of `device.errors$`.
 *
 * Of frames that come while one is held, and of those that nobody has taken, only the newest is kept. Each that becomes
 * the newest sends one NOTIFY, at once or, while the channel is locked, behind its UNLOCK.
 *
 * The source is subscribed to from now until `unregister()` or, if the channel is dynamic, a soft reboot, whether a host
 * is there or not. When it has completed or errored, the frames that are there can be read. When it has errored, LOCK is
 * BUSY and SIZE 0 from then on, with that error as an entry of `device.errors$` each time; the error itself sends a NOTIFY.
 * Holds two frames at most; their `data` may not be changed after they were emitted.
 *
 * With the flag STREAM the host switches it, as it does a camera's stream (PROTOCOL 8): it is off at first, the source is
 * subscribed to while it is on, and switching it drops the frame at hand and its lock. Called `stream`, it is the
 * `frames$` of a `Camera`. Requests of raw mode and source are refused.
 *
 * @param flags as in {@link Device.register}; READ and LOCK without DYNAMIC let the channel survive soft reboots
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { Device, frameSourceChannel } from 'openmv-rx/device';
 *
 * // What another camera sees, for the hosts of this one.
 * const reserve = (device: Device, camera: Camera) => frameSourceChannel(device, 'other', camera.frames$);
 * ```
 */
export function frameSourceChannel(
  device: Device,
  name: string,
  frames$: Observable<SourceFrame>,
  flags?: number,
): DeviceChannel {
  requireArgument(hasMethods(device, 'register'), 'frameSourceChannel takes a Device', device);
  requireArgument(hasMethods(frames$, 'subscribe', 'pipe'), 'frameSourceChannel takes an Observable', frames$);
  const isSwitched = ((flags ?? 0) & ChannelFlag.STREAM) !== 0;
  const frames = new (isSwitched ? SwitchedFrames : Frames)(frames$, () => channel.sendEvent(NOTIFY));
  const channel = device.register(name, frames, flags);
  if (!isSwitched) frames.follow();
  return channel;
}

/** What a reader has taken. */
interface Held {
  readonly bytes: Uint8Array;
  /** Without a lock: its last byte was asked for. */
  done: boolean;
}

class Frames implements Backend {
  private newest: SourceFrame | undefined;
  private held: Held | undefined;
  private locked = false;
  private failure: { readonly error: unknown } | undefined;
  private following: Subscription | undefined;

  constructor(
    private readonly source$: Observable<SourceFrame>,
    private readonly notify: () => unknown,
  ) {}

  follow(): void {
    if (this.following?.closed === false) return;
    this.failure = undefined;
    this.following = this.source$.subscribe({
      next: (frame) => {
        this.newest = frame;
        if (!this.locked) this.notify();
      },
      error: (error: unknown) => {
        this.failure = { error };
        if (!this.locked) this.notify();
      },
    });
  }

  deinit(): void {
    this.following?.unsubscribe();
  }

  drop(): void {
    this.newest = this.held = undefined;
    this.locked = false;
  }

  poll(): boolean {
    return this.newest !== undefined || this.held?.done === false;
  }

  lock(): boolean {
    if (this.locked) return false;
    this.locked = this.take() !== undefined;
    return this.locked;
  }

  unlock(): boolean {
    if (this.locked) {
      this.locked = false;
      this.held = undefined;
      if (this.newest ?? this.failure) this.notify();
    }
    return true;
  }

  size(): number {
    return (this.locked ? this.held : this.take())?.bytes.length ?? 0;
  }

  readp(offset: number, size: number): Uint8Array {
    const held = this.held ?? this.take();
    if (!held) return NO_FRAME;
    if (!this.locked && offset + size === held.bytes.length) held.done = true;
    return range(held.bytes, offset, size);
  }

  /** The newest frame, or the one that was taken before and not read to its end. */
  private take(): Held | undefined {
    const { newest } = this;
    this.newest = undefined;
    if (newest) this.held = { bytes: withHeader(newest), done: false };
    if (this.held?.done === false) return this.held;
    if (this.failure) throw this.failure.error;
    return undefined;
  }
}

/** The request of a stream's ioctl that switches it on and off (PROTOCOL 8). */
const CTRL = 0;

class SwitchedFrames extends Frames {
  readonly ioctlSizes = new Map([[CTRL, 4]]);

  ioctl(request: number, argument: Uint8Array = NO_FRAME): number {
    if (this.ioctlSizes.get(request) !== argument.length) return 1;
    this.drop();
    if (decodeWord(argument) === 0) this.deinit();
    else this.follow();
    return 0;
  }
}

function withHeader({ width, height, format, data, fps = 0 }: SourceFrame): Uint8Array {
  const bytes = pictureBytes(format, width, height) ?? data.length;
  if (bytes !== data.length)
    throw new OpenMVError('INVALID_ARGUMENT', `${width} × ${height} ${format} take ${bytes} bytes, not ${data.length}`);
  const pixelFormat = formatWord(format);
  const size = (pixelFormat & COMPRESSED) !== 0 ? data.length : pixelFormat & BYTES_PER_PIXEL;
  const frame = new Uint8Array(FRAME_HEADER_BYTES + data.length);
  frame.set(encodeFrameHeader({ width, height, pixelFormat, size, offset: FRAME_HEADER_BYTES, fps }));
  frame.set(data, FRAME_HEADER_BYTES);
  return frame;
}

/** Parts of the format word (PROTOCOL 8). */
const COMPRESSED = 1 << 25;
const BYTES_PER_PIXEL = 0xff;
const NO_FRAME = new Uint8Array(0);

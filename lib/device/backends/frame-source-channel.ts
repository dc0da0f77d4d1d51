import type { Observable, Subscription } from 'rxjs';
import { hasMethods, requireArgument } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { encodeFrame, type Frame } from '../../frames/frame.js';
import { pictureBytes } from '../../frames/pixel-format.js';
import { ChannelFlag } from '../../wire/flags.js';
import { NO_BYTES } from '../../wire/packet.js';
import { decodeWord, NOTIFY, StreamRequest } from '../../wire/payloads/index.js';
import type { Device, DeviceChannel } from '../device.js';
import { HeldFrame } from './held-frame.js';

/** A picture to serve, such as a {@link Frame} of another camera. `fps` is optional. */
export type SourceFrame = Pick<Frame, 'width' | 'height' | 'format' | 'data'> & Partial<Pick<Frame, 'fps'>>;

/**
 * Serves pictures one at a time, as the camera's `stream` does. Each picture stays until its reader has read it.
 *
 * A host that locks the channel, or asks for its SIZE without a lock, takes the newest frame. It reads the header of 32 bytes
 * and the pixels (PROTOCOL 8). With a lock, the frame stays until UNLOCK discards it, so each frame is read at most once.
 * Without a lock, the frame counts as read when its last byte was read. It stays readable until the next SIZE, so a host can
 * read lost parts again. SIZE is 0 and LOCK is BUSY when there is no unread frame. A read past the end is refused with FAILED.
 * A frame whose `data` do not have the length of its size and format is dropped: its LOCK is BUSY, its SIZE 0, and
 * `device.errors$` emits the reason.
 *
 * Only the newest of the frames that nobody has taken is kept. Each new frame sends one NOTIFY, at once or, while the
 * channel is locked, after UNLOCK.
 *
 * Subscribes to the source until `unregister()` or, if the channel is dynamic, a soft reboot, even without a host. After the
 * source completes or errors, the remaining frames can be read. After an error, LOCK is BUSY and SIZE 0, and `device.errors$`
 * emits the error each time; the error itself sends a NOTIFY. Holds two frames at most. Do not change their `data` after
 * they were emitted.
 *
 * With the flag STREAM the host switches the channel on and off, as it does with a camera's stream (PROTOCOL 8). The channel
 * starts off, subscribes to the source while it is on, and drops its frame and lock when it is switched. A channel named
 * `stream` appears as `frames$` of a `Camera`. Requests for raw mode and source are refused.
 *
 * @param flags as in {@link Device.register}; READ and LOCK without DYNAMIC let the channel survive soft reboots
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { Device, frameSourceChannel } from 'openmv-rx/device';
 *
 * // Shows the pictures of another camera to the hosts of this one.
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

class Frames extends HeldFrame {
  readonly #source$: Observable<SourceFrame>;
  readonly #notify: () => unknown;
  #newest: SourceFrame | undefined;
  /** The last byte of the held frame was read without a lock. */
  #isRead = false;
  #failure: { readonly error: unknown } | undefined;
  #following: Subscription | undefined;

  constructor(source$: Observable<SourceFrame>, notify: () => unknown) {
    super();
    this.#source$ = source$;
    this.#notify = notify;
  }

  follow(): void {
    if (this.#following?.closed === false) return;
    this.#failure = undefined;
    this.#following = this.#source$.subscribe({
      next: (frame) => {
        this.#newest = frame;
        if (!this.locked) this.#notify();
      },
      error: (error: unknown) => {
        this.#failure = { error };
        if (!this.locked) this.#notify();
      },
    });
  }

  deinit(): void {
    this.#following?.unsubscribe();
  }

  /** Discards the newest frame too. */
  clear(): void {
    this.#newest = undefined;
    this.discard();
  }

  override poll(): boolean {
    return this.#newest !== undefined || this.#isUnread;
  }

  override lock(): boolean {
    return !this.locked && this.#take() && super.lock();
  }

  override unlock(): boolean {
    const wasLocked = this.locked;
    super.unlock();
    if (wasLocked && (this.#newest ?? this.#failure)) this.#notify();
    return true;
  }

  override size(): number {
    return this.locked || this.#take() ? super.size() : 0;
  }

  override readp(offset: number, size: number): Uint8Array {
    if (this.frame.length === 0) this.#take();
    if (!this.locked && offset + size === this.frame.length) this.#isRead = true;
    return super.readp(offset, size);
  }

  get #isUnread(): boolean {
    return this.frame.length > 0 && !this.#isRead;
  }

  /** Takes the newest frame, or keeps one that was not read to its end; false if there is none. */
  #take(): boolean {
    const newest = this.#newest;
    this.#newest = undefined;
    if (newest) {
      this.hold(encodeWhole(newest));
      this.#isRead = false;
    }
    if (this.#isUnread) return true;
    if (this.#failure) throw this.#failure.error;
    return false;
  }
}

class SwitchedFrames extends Frames {
  readonly ioctlSizes = new Map<number, number>([[StreamRequest.CTRL, 4]]);

  ioctl(request: number, argument: Uint8Array = NO_BYTES): number {
    if (request !== StreamRequest.CTRL || argument.length !== this.ioctlSizes.get(request)) return 1;
    this.clear();
    if (decodeWord(argument) === 0) this.deinit();
    else this.follow();
    return 0;
  }
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` if the data do not fit the size and format. */
function encodeWhole(frame: SourceFrame): Uint8Array {
  const { width, height, format, data } = frame;
  const bytes = pictureBytes(format, width, height) ?? data.length;
  if (bytes !== data.length)
    throw new OpenMVError(
      'INVALID_ARGUMENT',
      `${width} × ${height} ${format} needs ${bytes} bytes, not ${data.length}`,
    );
  return encodeFrame(frame);
}

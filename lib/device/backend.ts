import type { Observable } from 'rxjs';
import { isObject, requireArgument } from '../arguments.js';
import { ChannelFlag } from '../wire/flags.js';
import { NO_BYTES } from '../wire/packet.js';

/**
 * The answer of a {@link Backend}'s method: the value, a Promise of it, or an Observable whose last value counts. The device
 * executes no other command until the answer settles, like a camera whose back-end is busy.
 *
 * If the session ends or is reset meanwhile, the device unsubscribes from an Observable. A Promise cannot be cancelled, so
 * the device stays busy until it settles, even for the next host.
 */
export type Answer<T> = T | PromiseLike<T> | Observable<T>;

/**
 * The implementation of a channel of a {@link Device} (PROTOCOL 7). Every method is optional; the host learns which ones a
 * channel lacks.
 *
 * A method that throws, rejects or errors emits on `device.errors$`. The host sees what a camera shows when a script's method
 * raises: `poll` is not ready, `size` is 0, `shape` has no numbers, `lock` and `unlock` are BUSY, `read`, `readp` and `ioctl`
 * are FAILED, and `write` is **acknowledged**. To refuse a write, return 0.
 */
export interface Backend {
  /** Called once, when the channel is registered. If it throws, `register` throws the same error and registers nothing. */
  init?(): void;
  /** Called once, when the channel is removed: by `unregister()`, or, if it is dynamic, by a soft reboot. */
  deinit?(): void;
  /** Tells whether there is data: the channel's bit of POLL. */
  poll?(): Answer<boolean>;
  /** Reserves the data for one reader; false refuses with BUSY. */
  lock?(): Answer<boolean>;
  /** Releases the data; false refuses with BUSY. A host's SYNC calls it too, even on an unlocked channel. */
  unlock?(): Answer<boolean>;
  /** The number of readable bytes. Anything but a whole number of 32 bits is refused with FAILED; −1 is sent as 2³² − 1. */
  size?(): Answer<number>;
  /**
   * Up to four numbers that describe the layout of the data, each as in `size`. A 0 is sent for each further number. An
   * answer that is not an array counts as empty.
   */
  shape?(): Answer<readonly number[]>;
  /** Returns at most `size` bytes from `offset` on. Called once per packet, with at most 512 as `size`. Empty means the end. */
  read?(offset: number, size: number): Answer<Uint8Array>;
  /**
   * Returns all `size` bytes from `offset` on, as a view that must not change until the last byte is acknowledged. Called
   * once per request, and preferred over `read`. Empty means that there is no data. The host always gets `size` bytes: zeros
   * follow a shorter view, up to 64 MiB; a longer request is refused with FAILED.
   */
  readp?(offset: number, size: number): Answer<Uint8Array>;
  /**
   * Returns the number of accepted bytes. Any whole number but 0 acknowledges, even a negative one. Everything else refuses
   * with FAILED, including nothing and `true`. `data` is a view that is valid until the answer settles.
   */
  write?(offset: number, data: Uint8Array<ArrayBuffer>): Answer<number>;
  /**
   * A whole number other than 0 refuses with FAILED. Everything else acknowledges, including nothing. `argument` is a view
   * that is valid until the answer settles.
   */
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a back-end may return nothing
  ioctl?(request: number, argument: Uint8Array<ArrayBuffer> | undefined): Answer<number | void>;
  /**
   * The argument size in bytes of each known request, for a channel of the firmware itself (without the flag DYNAMIC). The
   * device refuses any other request or size with INVALID before it calls `ioctl`.
   */
  readonly ioctlSizes?: ReadonlyMap<number, number>;
}

/** The channel flags that follow from the methods of a back-end (PROTOCOL 7). */
export function flagsOf(backend: Backend): number {
  requireArgument(isObject(backend), 'a back-end must be an object with methods', backend);
  return (
    ChannelFlag.DYNAMIC |
    (backend.read || backend.readp ? ChannelFlag.READ : 0) |
    (backend.write ? ChannelFlag.WRITE : 0) |
    (backend.lock && backend.unlock ? ChannelFlag.LOCK : 0)
  );
}

/** The bytes that a READ asks for. Empty, and so FAILED, if the READ reaches past the end, as in the firmware's own channels. */
export function readRange(bytes: Uint8Array, offset: number, size: number): Uint8Array {
  return offset + size > bytes.length ? NO_BYTES : bytes.subarray(offset, offset + size);
}

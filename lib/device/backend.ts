import type { Observable } from 'rxjs';
import { isObject, requireArgument } from '../arguments.js';
import { ChannelFlag } from '../wire/flags.js';

/**
 * What a method of a {@link Backend} may answer with: the value, a Promise of it, or an Observable whose last value it
 * is. Until it settles the device executes no other command, as a camera does that is busy in its back-end.
 *
 * When the session ends or is reset meanwhile, an Observable is unsubscribed, which settles it. A Promise can't be
 * called off, so the device stays busy until it settles, whoever is connected by then.
 */
export type Answer<T> = T | PromiseLike<T> | Observable<T>;

/**
 * What stands behind a channel of a {@link Device} (PROTOCOL 7). Every method may be left out; the host is then told
 * that the channel can't do it.
 *
 * A method that throws, rejects or errors is an entry of `device.errors$`. The host sees what a camera shows of a script
 * whose method raises: `poll` is not ready, `size` is 0, `shape` has no numbers, `lock` and `unlock` are BUSY, `read`, `readp`
 * and `ioctl` are FAILED, and `write` is **acknowledged**. To refuse a write, return 0.
 */
export interface Backend {
  /** Called once, when the channel is registered; if it throws, so does `register`, and there is no channel. */
  init?(): void;
  /** Called once, when the channel is taken away: by `unregister()`, or with all dynamic ones by a soft reboot. */
  deinit?(): void;
  /** Is there data? The channel's bit of POLL. */
  poll?(): Answer<boolean>;
  /** Takes the data for one reader; false refuses with BUSY. */
  lock?(): Answer<boolean>;
  /** Gives the data back; false refuses with BUSY. A host's SYNC calls it too, locked or not. */
  unlock?(): Answer<boolean>;
  /** The number of bytes that can be read. All but a whole number of 32 bits is refused with FAILED; −1 is sent as 2³² − 1. */
  size?(): Answer<number>;
  /**
   * Up to four numbers that tell how the data are laid out, each as in `size`. For each number behind the fourth a 0 is
   * sent; what is no array has no numbers.
   */
  shape?(): Answer<readonly number[]>;
  /** At most `size` bytes from `offset` on; called once a packet, `size` at most 512. Empty: there are no more. */
  read?(offset: number, size: number): Answer<Uint8Array>;
  /**
   * All `size` bytes from `offset` on, as a view that stays as it is until the last was acknowledged; called once a
   * request and preferred over `read`. Empty: nothing is there. The host gets `size` bytes in any case: zeros behind
   * the end of a shorter view, up to 64 MiB; a longer request is refused with FAILED.
   */
  readp?(offset: number, size: number): Answer<Uint8Array>;
  /**
   * The number of bytes that were taken. A whole number other than 0, also a negative one, acknowledges. Everything else,
   * nothing and `true` included, refuses with FAILED. `data` is a view that is valid until the answer settles.
   */
  write?(offset: number, data: Uint8Array<ArrayBuffer>): Answer<number>;
  /**
   * A whole number other than 0 refuses with FAILED; all else, nothing included, acknowledges. `argument` is a view that
   * is valid until the answer settles.
   */
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a back-end may well return nothing
  ioctl?(request: number, argument: Uint8Array<ArrayBuffer> | undefined): Answer<number | void>;
  /**
   * Of a channel of the firmware itself, one without the flag DYNAMIC: the argument size in bytes of each request it
   * knows. A request with another size, or one that is not listed, is refused with INVALID before `ioctl` is called.
   */
  readonly ioctlSizes?: ReadonlyMap<number, number>;
}

/** The flags that a back-end's methods stand for (PROTOCOL 7). */
export function flagsOf(backend: Backend): number {
  requireArgument(isObject(backend), 'a back-end is an object with methods', backend);
  return (
    ChannelFlag.DYNAMIC |
    (backend.read || backend.readp ? ChannelFlag.READ : 0) |
    (backend.write ? ChannelFlag.WRITE : 0) |
    (backend.lock && backend.unlock ? ChannelFlag.LOCK : 0)
  );
}

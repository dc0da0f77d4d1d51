import type { BehaviorSubject, Subscription } from 'rxjs';
import { hasMethods, requireArgument } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { Opcode } from '../../wire/opcode.js';
import { NOTIFY } from '../../wire/payloads/index.js';
import { readRange, type Backend } from '../backend.js';
import type { Device, DeviceChannel } from '../device.js';

/** Translates a channel's bytes, such as `json<T>()` and `text`. */
export interface ValueCodec<T> {
  /** Returns an array that nothing changes afterwards. */
  encode(value: T): Uint8Array;
  /** Throws if the bytes are invalid; the host's write is then refused. */
  decode(bytes: Uint8Array<ArrayBuffer>): T;
}

/**
 * Serves a value: a host that reads the channel gets the value of the subject, and a host that writes sets it.
 *
 * Each new value of the subject sends a NOTIFY, even to the host that wrote it; the value at registration does not. SIZE
 * captures the current value, and reads are served from it until the next SIZE, so a value that changes in between never
 * tears. The channel's bit of POLL is set from a change until the next SIZE. A read past the end is refused with FAILED.
 *
 * A write must fit one command: at most the largest payload less 8 bytes. A write changes nothing if the codec throws or it
 * does not start at offset 0. The device then refuses it with FAILED, and `device.errors$` emits the error.
 *
 * Subscribes to the subject until `unregister()` or, if the channel is dynamic, a soft reboot. After the subject completes,
 * its value can be read, and writes are refused. After it errors, SIZE is 0, writes are refused with FAILED, and
 * `device.errors$` emits the error each time; the error itself sends a NOTIFY. Holds one encoded value.
 *
 * @param flags as in {@link Device.register}; with READ and WRITE and without DYNAMIC the channel survives soft reboots
 *
 * @example
 * ```ts
 * import { BehaviorSubject } from 'rxjs';
 * import { json } from 'openmv-rx';
 * import { Device, valueChannel } from 'openmv-rx/device';
 *
 * const exposure = new BehaviorSubject({ microseconds: 10_000 });
 * valueChannel(new Device(), 'exposure', exposure, json<{ microseconds: number }>());
 * exposure.subscribe(({ microseconds }) => console.log(microseconds)); // 10000, then each value that a host writes
 * exposure.next({ microseconds: 5000 }); // notifies the host
 * ```
 */
export function valueChannel<T>(
  device: Device,
  name: string,
  subject: BehaviorSubject<T>,
  codec: ValueCodec<NoInfer<T>>,
  flags?: number,
): DeviceChannel {
  requireArgument(hasMethods(device, 'register'), 'valueChannel takes a Device', device);
  requireArgument(hasMethods(subject, 'subscribe', 'pipe'), 'valueChannel takes an Observable', subject);
  const value = new Value(subject, codec, (error) =>
    device.report({ channel: channel.name, opcode: Opcode.CHANNEL_WRITE, error }),
  );
  const channel = device.register(name, value, flags);
  value.follow(() => channel.sendEvent(NOTIFY));
  return channel;
}

class Value<T> implements Backend {
  readonly #subject: BehaviorSubject<T>;
  readonly #codec: ValueCodec<T>;
  readonly #onRefused: (error: unknown) => void;
  #captured: Uint8Array | undefined;
  #changed = true;
  /** The reason why the value can no longer be set. */
  #ended: { readonly error: unknown } | undefined;
  #following: Subscription | undefined;

  constructor(subject: BehaviorSubject<T>, codec: ValueCodec<T>, onRefused: (error: unknown) => void) {
    this.#subject = subject;
    this.#codec = codec;
    this.#onRefused = onRefused;
  }

  follow(onChange: () => void): void {
    let isFirst = true;
    this.#following = this.#subject.subscribe({
      next: () => {
        this.#changed = true;
        if (!isFirst) onChange();
      },
      error: (error: unknown) => {
        this.#ended = { error };
        onChange();
      },
      complete: () => {
        this.#ended = {
          error: new OpenMVError('NOT_WRITABLE', 'this value can no longer be written: its subject has completed'),
        };
      },
    });
    isFirst = false;
  }

  deinit(): void {
    this.#following?.unsubscribe();
  }

  poll(): boolean {
    return this.#changed;
  }

  size(): number {
    this.#changed = false;
    this.#captured = this.#codec.encode(this.#subject.value);
    return this.#captured.length;
  }

  readp(offset: number, size: number): Uint8Array {
    this.#captured ??= this.#codec.encode(this.#subject.value);
    return readRange(this.#captured, offset, size);
  }

  write(offset: number, data: Uint8Array): number {
    try {
      this.#set(offset, data);
      return data.length;
    } catch (error) {
      // Catch the error: a write that throws would be acknowledged (PROTOCOL 7).
      this.#onRefused(error);
      return 0;
    }
  }

  #set(offset: number, data: Uint8Array): void {
    if (offset !== 0)
      throw new OpenMVError('TOO_LARGE', `a value must be written in one command at offset 0, not ${offset}`);
    if (this.#ended) throw this.#ended.error;
    this.#subject.next(this.#codec.decode(data.slice()));
  }
}

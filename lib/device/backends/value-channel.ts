import type { BehaviorSubject, Subscription } from 'rxjs';
import { hasMethods, requireArgument } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { Opcode } from '../../wire/opcode.js';
import { NOTIFY } from '../../wire/payloads/index.js';
import type { Backend } from '../backend.js';
import type { Device, DeviceChannel } from '../device.js';
import { range } from './range.js';

/** What a channel's bytes mean, such as `json<T>()` and `text`. */
export interface ValueCodec<T> {
  /** An array that is not changed afterwards. */
  encode(value: T): Uint8Array;
  /** Throws what it can't make sense of: the host's write is then refused. */
  decode(bytes: Uint8Array<ArrayBuffer>): T;
}

/**
 * Serves a value: a host that reads the channel gets what the subject holds, and a host that writes to it sets it.
 *
 * Each value of the subject sends a NOTIFY, whoever has set it, the host that wrote it included; the value that it
 * holds at the registration does not. SIZE takes the value of that moment, and reads are served from it until the next
 * SIZE, so a value that changes in between never tears; the channel's bit of POLL is set from a change until then. A
 * read past the end is refused with FAILED.
 *
 * A write has to fit one command, at most the largest payload less 8 bytes, since the parts of a longer one make no
 * value. One that the codec throws at, or that does not begin at offset 0, changes nothing: it is refused with FAILED
 * and is an entry of `device.errors$`.
 *
 * The subject is subscribed to from now until `unregister()` or, if the channel is dynamic, a soft reboot. When it has
 * completed it can still be read, and writes are refused. When it has errored SIZE is 0 and writes are refused with FAILED,
 * with that error as an entry of `device.errors$` each time; a NOTIFY says that there is something to learn. Holds one
 * encoded value.
 *
 * @param flags as in {@link Device.register}; READ and WRITE without DYNAMIC let the channel survive soft reboots
 *
 * @example
 * ```ts
 * import { BehaviorSubject } from 'rxjs';
 * import { json } from 'openmv-rx';
 * import { Device, valueChannel } from 'openmv-rx/device';
 *
 * const exposure = new BehaviorSubject({ microseconds: 10_000 });
 * valueChannel(new Device(), 'exposure', exposure, json<{ microseconds: number }>());
 * exposure.subscribe(({ microseconds }) => console.log(microseconds)); // 10000, and what hosts write
 * exposure.next({ microseconds: 5000 }); // tells the host that is there
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
  private latched: Uint8Array | undefined;
  private changed = true;
  /** Why nothing can be set any more. */
  private over: { readonly error: unknown } | undefined;
  private following: Subscription | undefined;

  constructor(
    private readonly subject: BehaviorSubject<T>,
    private readonly codec: ValueCodec<T>,
    private readonly onRefused: (error: unknown) => void,
  ) {}

  follow(onChange: () => void): void {
    let isFirst = true;
    this.following = this.subject.subscribe({
      next: () => {
        this.changed = true;
        if (!isFirst) onChange();
      },
      error: (error: unknown) => {
        this.over = { error };
        onChange();
      },
      complete: () => {
        this.over = { error: new OpenMVError('NOT_WRITABLE', 'the subject of this channel has completed') };
      },
    });
    isFirst = false;
  }

  deinit(): void {
    this.following?.unsubscribe();
  }

  poll(): boolean {
    return this.changed;
  }

  size(): number {
    this.changed = false;
    this.latched = this.codec.encode(this.subject.value);
    return this.latched.length;
  }

  readp(offset: number, size: number): Uint8Array {
    this.latched ??= this.codec.encode(this.subject.value);
    return range(this.latched, offset, size);
  }

  write(offset: number, data: Uint8Array): number {
    try {
      this.set(offset, data);
      return data.length;
    } catch (error) {
      // A write that throws is acknowledged (PROTOCOL 7).
      this.onRefused(error);
      return 0;
    }
  }

  private set(offset: number, data: Uint8Array): void {
    if (offset !== 0)
      throw new OpenMVError('TOO_LARGE', `a value has to be written in one command, from 0 on, not from ${offset}`);
    if (this.over) throw this.over.error;
    this.subject.next(this.codec.decode(data.slice()));
  }
}

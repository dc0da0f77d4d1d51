import type { Observable, Subscription } from 'rxjs';
import { hasMethods, requireArgument, requireOptions, type OptionNames, requireWhole } from '../../arguments.js';
import { encodeUtf8, NOTIFY } from '../../wire/payloads/index.js';
import type { Backend } from '../backend.js';
import type { Device, DeviceChannel } from '../device.js';
import { isSent } from './sending.js';
import { StdoutRing } from './stdout-ring.js';

/** Options of {@link textChannel}. */
export interface TextChannelOptions {
  /** Bytes of UTF-8 that it holds until they are read. Default 1024. */
  readonly capacity?: number;
  /** As in {@link Device.register}. With READ and without DYNAMIC the channel survives soft reboots. */
  readonly flags?: number;
}

/**
 * Serves text from a ring that reading empties, like the camera's `stdout`.
 *
 * A string that does not fit drops everything in the ring and stays itself (PROTOCOL 9); only the tail of a string longer
 * than the ring is kept. A read may cut a character, and the next read has its rest. Nothing is added, not even line ends.
 *
 * Sends a NOTIFY when an empty ring gets text, and once more when the ring is more than half full. If no host was there, the
 * next text sends it. A host that missed a NOTIFY sees the channel's bit of POLL. SIZE is the number of readable bytes. A
 * longer read gets these bytes and then FAILED.
 *
 * Subscribes to the source until `unregister()` or, if the channel is dynamic, a soft reboot. After the source completes or
 * errors, the remaining text can be read. After an error, SIZE of an empty ring is 0, READ is refused with FAILED, and
 * `device.errors$` emits the error each time; the error itself sends a NOTIFY.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when `capacity` is not a whole number above 0.
 *
 * @example
 * ```ts
 * import { interval, map } from 'rxjs';
 * import { Device, textChannel } from 'openmv-rx/device';
 *
 * const log$ = interval(1000).pipe(map((seconds) => `up for ${seconds} s\n`));
 * textChannel(new Device(), 'log', log$, { capacity: 512 });
 * ```
 */
export function textChannel(
  device: Device,
  name: string,
  source$: Observable<string>,
  options: TextChannelOptions = {},
): DeviceChannel {
  requireOptions('textChannel', options, KNOWN);
  requireArgument(hasMethods(device, 'register'), 'textChannel takes a Device', device);
  requireArgument(hasMethods(source$, 'subscribe', 'pipe'), 'textChannel takes an Observable', source$);
  const { capacity = 1024, flags } = options;
  requireWhole('capacity', capacity, 1);
  const text = new Text(capacity);
  const channel = device.register(name, text, flags);
  text.follow(source$, () => isSent(channel.sendEvent(NOTIFY)));
  return channel;
}

class Text implements Backend {
  readonly #ring: StdoutRing;
  #failure: { readonly error: unknown } | undefined;
  /** The host was notified that there is text, and that the ring is more than half full. */
  #isTextSent = false;
  #isHalfFullSent = false;
  #following: Subscription | undefined;

  constructor(capacity: number) {
    this.#ring = new StdoutRing(capacity);
  }

  /** @param notify returns false if no host was notified */
  follow(source$: Observable<string>, notify: () => boolean): void {
    this.#following = source$.subscribe({
      next: (text) => {
        this.#ring.push(encodeUtf8(text));
        const [wasTextSent, wasHalfFullSent] = [this.#isTextSent, this.#isHalfFullSent];
        const isHalfFull = this.#ring.moreThanHalfFull && !wasHalfFullSent;
        if (this.#ring.size === 0 || (wasTextSent && !isHalfFull)) return;
        // Set before notify(), because the host may read inside that call and reset both.
        this.#isTextSent = true;
        this.#isHalfFullSent ||= isHalfFull;
        if (notify()) return;
        this.#isTextSent = wasTextSent;
        this.#isHalfFullSent = wasHalfFullSent;
      },
      error: (error: unknown) => {
        this.#failure = { error };
        notify();
      },
    });
  }

  deinit(): void {
    this.#following?.unsubscribe();
  }

  poll(): boolean {
    return this.#ring.size > 0;
  }

  size(): number {
    this.#failWhenEmpty();
    return this.#ring.size;
  }

  read(_offset: number, size: number): Uint8Array {
    this.#failWhenEmpty();
    const bytes = this.#ring.read(size);
    this.#isHalfFullSent = false;
    if (this.#ring.size === 0) this.#isTextSent = false;
    return bytes;
  }

  /** Text from before the error can still be read. */
  #failWhenEmpty(): void {
    if (this.#failure && this.#ring.size === 0) throw this.#failure.error;
  }
}

const KNOWN: OptionNames<TextChannelOptions> = { capacity: true, flags: true };

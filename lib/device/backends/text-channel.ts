import type { Observable, Subscription } from 'rxjs';
import { hasMethods, requireArgument, requireOptions, type OptionNames, requireWhole } from '../../arguments.js';
import { encodeUtf8, NOTIFY } from '../../wire/payloads/index.js';
import type { Backend } from '../backend.js';
import type { Device, DeviceChannel } from '../device.js';
import { isSent } from './sending.js';
import { StdoutRing } from './stdout-ring.js';

/** How a {@link textChannel} is built. */
export interface TextChannelOptions {
  /** What it holds until it is read, in bytes of UTF-8. Default 1024. */
  readonly capacity?: number;
  /** As in {@link Device.register}; READ without DYNAMIC lets the channel survive soft reboots. */
  readonly flags?: number;
}

/**
 * Serves text as a ring that is emptied by reading, like the camera's `stdout`.
 *
 * What does not fit any more drops all that is in the ring and is kept itself (PROTOCOL 9); of a string that is longer
 * than the whole ring the tail is kept. A read may cut a character in two, the next one has its rest. Nothing is
 * added, no line ends either.
 *
 * A NOTIFY is sent when there is something again after there was nothing, and once more when the ring is more than half
 * full; where no host could be told, the next text tells it. Who came later or lost one sees the channel's bit of POLL. SIZE is what can be read now; a read of more gets what
 * there is and then FAILED.
 *
 * The source is subscribed to from now until `unregister()` or, if the channel is dynamic, a soft reboot. When it has
 * completed or errored, what is left can be read. When it has errored, SIZE of an empty ring is 0 and READ is refused with
 * FAILED, with that error as an entry of `device.errors$` each time; the error itself sends a NOTIFY.
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
  private readonly ring: StdoutRing;
  private failure: { readonly error: unknown } | undefined;
  /** The host knows that there is something, and that it is more than half of what fits. */
  private announced = false;
  private alarmed = false;
  private following: Subscription | undefined;

  constructor(capacity: number) {
    this.ring = new StdoutRing(capacity);
  }

  /** @param notify false when there is nobody who could be told */
  follow(source$: Observable<string>, notify: () => boolean): void {
    this.following = source$.subscribe({
      next: (text) => {
        this.ring.push(encodeUtf8(text));
        const alarm = this.ring.moreThanHalfFull && !this.alarmed;
        const { announced, alarmed } = this;
        if (this.ring.size === 0 || (announced && !alarm)) return;
        // Beforehand: the host may read, and so be told again, inside of it.
        this.announced = true;
        this.alarmed ||= alarm;
        if (notify()) return;
        this.announced = announced;
        this.alarmed = alarmed;
      },
      error: (error: unknown) => {
        this.failure = { error };
        notify();
      },
    });
  }

  deinit(): void {
    this.following?.unsubscribe();
  }

  poll(): boolean {
    return this.ring.size > 0;
  }

  size(): number {
    this.failIfOver();
    return this.ring.size;
  }

  read(_offset: number, size: number): Uint8Array {
    this.failIfOver();
    const bytes = this.ring.read(size);
    this.alarmed = false;
    if (this.ring.size === 0) this.announced = false;
    return bytes;
  }

  /** The text that came before the error is worth reading. */
  private failIfOver(): void {
    if (this.failure && this.ring.size === 0) throw this.failure.error;
  }
}

const KNOWN: OptionNames<TextChannelOptions> = { capacity: true, flags: true };

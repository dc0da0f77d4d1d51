import {
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  finalize,
  ignoreElements,
  merge,
  Subject,
  take,
  takeUntil,
  timer,
  type Observable,
  type SchedulerLike,
  type Subscription,
} from 'rxjs';
import { given } from '../../arguments.js';
import { Device, type DeviceChannel } from '../../device/device.js';
import type { DeviceOptions } from '../../device/device-options.js';
import type { CameraEvent } from '../../host/session/camera-event.js';
import type { CameraInfo } from '../../host/camera-info.js';
import type { ChannelInfo } from '../../host/session/channel-info.js';
import type { Frame } from '../../frames/frame.js';
import type { Connection } from '../../transport/transport.js';
import { ChannelFlag } from '../../wire/flags.js';
import { BUFFER_SIZES, STDOUT_NOTIFY_MS } from '../../wire/limits.js';
import { encodeUtf8, FRAME_TOO_LARGE, NOTIFY, StdinRequest } from '../../wire/payloads/index.js';
import { OVERHEAD_BYTES } from '../../wire/packet.js';
import type { RecordingCursor } from './recording-cursor.js';
import { ReplayedChannel, ReplayedStream, ReplayedText, RING_BYTES } from './backends.js';
import { PATIENCE_MS, ReadTracker } from './read-tracker.js';

const FIRMWARE: ReadonlySet<string> = new Set(['stdin', 'stdout', 'stream', 'profile']);

interface Registered {
  readonly channel: DeviceChannel;
  readonly backend: ReplayedChannel;
  readonly reads: ReadTracker;
}

/** The camera of a recording. Each method's Observable completes when the host has read the entry or does not want it. */
export class ReplayCamera {
  readonly #device: Device;
  readonly #frameReads: ReadTracker;
  readonly #textReads: ReadTracker;
  readonly #stream: ReplayedStream;
  readonly #text: ReplayedText;
  readonly #stdin: DeviceChannel;
  readonly #stdout: DeviceChannel;
  readonly #streamChannel: DeviceChannel;
  readonly #channels = new Map<string, Registered>();
  readonly #valueReads$ = new Subject<void>();
  #running = false;
  readonly #scheduler: SchedulerLike;

  constructor(cursor: RecordingCursor, scheduler: SchedulerLike, deviceScheduler: SchedulerLike | undefined) {
    this.#scheduler = scheduler;
    this.#device = new Device(deviceOptions(cursor.info, deviceScheduler));
    this.#frameReads = new ReadTracker(scheduler);
    this.#textReads = new ReadTracker(scheduler);
    this.#stream = new ReplayedStream(() => this.#frameReads.onRead());
    this.#text = new ReplayedText(() => this.#textReads.onRead());
    // It refuses scripts, and accepts a stop because nothing runs.
    const stdin = {
      poll: () => this.#running,
      ioctl: (request: number) => Number(request === StdinRequest.EXEC),
      ioctlSizes: new Map(Object.values(StdinRequest).map((request) => [request, 0])),
    };
    this.#stdin = this.#device.register('stdin', stdin, ChannelFlag.WRITE | ChannelFlag.EXEC);
    this.#stdout = this.#device.register('stdout', this.#text, ChannelFlag.READ);
    this.#streamChannel = this.#device.register(
      'stream',
      this.#stream,
      ChannelFlag.READ | ChannelFlag.LOCK | ChannelFlag.STREAM,
    );
    this.seek(cursor);
  }

  /** Emits when the host polls or reads anything. */
  get polled$(): Observable<unknown> {
    return merge(this.#frameReads.reads$, this.#textReads.reads$, this.#valueReads$);
  }

  attach(connection: Connection): Subscription {
    return this.#device.attach(connection);
  }

  show(frame: Frame): Observable<never> {
    return concat(
      this.#frameReads.until(() => this.#stream.enabled),
      // A frame that the host was reading during a seek is read to its end.
      this.#frameTaken(),
      defer(() => {
        if (!this.#stream.enabled) return EMPTY;
        this.#stream.publish(frame);
        this.#streamChannel.sendEvent(NOTIFY);
        // Wait without a timeout: a host with the stream on slows the camera down.
        return this.#frameTaken();
      }),
    );
  }

  /** Withdraws the frame of the old position, and takes over the channels and values of the new one. */
  seek({ channels, values }: Pick<RecordingCursor, 'channels' | 'values'>): void {
    this.#stream.withdraw();
    this.list(channels);
    values.forEach(({ bytes }, channel) => this.#channels.get(channel)?.backend.set(bytes));
  }

  /** Prints text in pieces of a camera's buffer size, each after the host has read the one before. */
  print(text: string): Observable<never> {
    return concat(...pieces(encodeUtf8(text), RING_BYTES).map((piece) => this.#printed(piece)));
  }

  #printed(bytes: Uint8Array): Observable<never> {
    const isRead = (): boolean => !this.#text.poll();
    return concat(
      // Unread text of the old position would fill the buffer.
      this.#textReads.until(isRead),
      defer(() => {
        this.#text.print(bytes);
        const notifying = timer(0, STDOUT_NOTIFY_MS, this.#scheduler).subscribe(() => this.#stdout.sendEvent(NOTIFY));
        return this.#textReads.until(isRead).pipe(finalize(() => notifying.unsubscribe()));
      }),
    );
  }

  send({ kind, channel, event }: CameraEvent): Observable<never> {
    switch (kind) {
      case 'script-started':
      case 'script-ended':
        return defer(() => {
          this.#running = kind === 'script-started';
          return acknowledged(this.#stdin, event);
        });
      case 'frame-too-large':
        return this.print(FRAME_TOO_LARGE);
      case 'soft-reboot':
        return defer(() => {
          this.#device.softReboot();
          this.#channels.clear();
          return this.polled$.pipe(takeUntil(timer(PATIENCE_MS, this.#scheduler)), take(1), ignoreElements());
        });
      case 'channel': {
        const registered = this.#channels.get(channel);
        return registered ? acknowledged(registered.channel, event) : EMPTY;
      }
      default:
        // `register` sends its own event; the other kinds belong to a live link.
        return EMPTY;
    }
  }

  /** Sets a channel's value, and waits until the host has read it. */
  set(channel: string, value: Uint8Array): Observable<never> {
    return defer(() => {
      const registered = this.#channels.get(channel);
      if (!registered) return EMPTY;
      const { backend, reads } = registered;
      backend.set(value);
      return reads.until(() => !backend.poll());
    });
  }

  /** Registers and unregisters channels to match a list. */
  list(channels: readonly ChannelInfo[]): void {
    const names = new Set(channels.map(({ name }) => name));
    for (const [name, { channel }] of this.#channels) {
      if (names.has(name)) continue;
      channel.unregister();
      this.#channels.delete(name);
    }
    for (const { name, id, flags } of channels) {
      if (id === 0 || FIRMWARE.has(name) || this.#channels.has(name)) continue;
      const reads = new ReadTracker(this.#scheduler);
      const backend = new ReplayedChannel(() => {
        reads.onRead();
        this.#valueReads$.next();
      });
      const channel = this.#device.register(name, backend, (flags & ChannelFlag.DYNAMIC) | ChannelFlag.READ);
      this.#channels.set(name, { channel, backend, reads });
    }
  }

  #frameTaken(): Observable<never> {
    return defer(() =>
      this.#stream.poll()
        ? this.#frameReads.reads$.pipe(
            filter(() => !this.#stream.poll()),
            take(1),
            ignoreElements(),
          )
        : EMPTY,
    );
  }
}

function pieces(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

/** Sends an event and completes on its acknowledgement. Completes at once without a host, or if it wants no events. */
function acknowledged(channel: DeviceChannel, event: number): Observable<never> {
  return defer(() => channel.sendEvent(event, true)).pipe(
    ignoreElements(),
    catchError(() => EMPTY),
  );
}

function deviceOptions(
  { system, versions, capabilities }: Partial<CameraInfo>,
  scheduler: SchedulerLike | undefined,
): DeviceOptions {
  const needed = (capabilities?.maxPayload ?? 0) + OVERHEAD_BYTES;
  return {
    bufferSize: BUFFER_SIZES.find((size) => size >= Math.max(needed, USUAL_BUFFER_BYTES)) ?? 8192,
    ...given({ systemInfo: system, versions, scheduler }),
  };
}

/** A smaller buffer would save nothing. */
const USUAL_BUFFER_BYTES = 4096;

import { AsyncSubject, Subject, Subscription, type Observable } from 'rxjs';
import { hasMethods, requireArgument, requireWhole } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import type { Connection } from '../transport/transport.js';
import { toVoid } from '../operators/to-void.js';
import { ChannelFlag } from '../wire/flags.js';
import { SystemEvent, type SystemInfo } from '../wire/payloads/index.js';
import { flagsOf, type Backend } from './backend.js';
import { ChannelTable, type RegisteredChannel } from './stack/channel-table.js';
import type { DeviceState } from './stack/device-state.js';
import { deviceSettings, type DeviceOptions } from './device-options.js';
import { unsendable } from './stack/event-packet.js';
import { LockLimit } from './stack/device-state.js';
import { Session } from './stack/session.js';
import { zeroCounters } from './stack/device-state.js';
import { Unsettled } from './stack/device-state.js';

/** A channel of a {@link Device}, for the program that registered it. */
export interface DeviceChannel {
  /** Its address on the wire. */
  readonly id: number;
  /** Its name as the host sees it: the first 13 bytes of UTF-8. A character that they cut is shown as U+FFFD. */
  readonly name: string;
  /**
   * Sends an event of this channel, at once and once, however many subscribe.
   *
   * Emits `undefined` and completes when it was sent, or with `waitAck` when the host has acknowledged it; until then the device executes no
   * command. Such an event is sent when no command is being executed, or while a back-end has not answered yet, which
   * may well wait for it. Errors with `NO_HOST` when nothing is attached, events are off, the channel is gone, or,
   * without `waitAck`, the host does not read; with `TIMEOUT` when it was not acknowledged before the session ended or
   * was reset; with `QUEUE_FULL` when 32 others wait for their turn.
   *
   * @param event 0 to 0xFFFE, of the channel's own choice, or `NOTIFY`. Of another number its 16 lowest bits are sent:
   * 0x2345 for 0x12345, `NOTIFY` for −1.
   * @throws {OpenMVError} `INVALID_ARGUMENT` when `event` is no whole number.
   */
  sendEvent(event: number, waitAck?: boolean): Observable<void>;
  /** Takes the channel away and tells its back-end, but not the host (PROTOCOL 6). Nothing the second time. */
  unregister(): void;
}

/** A back-end that failed. */
export interface DeviceError {
  /** The channel's name. */
  readonly channel: string;
  /** The command that was being executed, or `undefined` when there was none. */
  readonly opcode: number | undefined;
  readonly error: unknown;
}

/**
 * The camera's end of the protocol: it answers a host on a connection as the firmware does, with the firmware's own
 * rules, limits and traps (PROTOCOL 3 to 7), and serves the channels that are registered.
 *
 * It has one session at a time. Commands are handled in the order their bytes arrive, inside the call that brings
 * them unless a back-end takes its time. It holds at most its receive buffer, 64 KiB of input that came while it was
 * busy, and 64 KiB of output that a host has not taken yet: beyond that input is dropped, and output waits or, if it
 * is an event, is dropped; what is dropped counts as a transport error.
 *
 * @example
 * ```ts
 * import { retry } from 'rxjs';
 * import { Camera } from 'openmv-rx';
 * import { Device } from 'openmv-rx/device';
 * import { memoryPair } from 'openmv-rx/testing';
 *
 * const [host, camera] = memoryPair();
 * const device = new Device();
 * const reading = new TextEncoder().encode('21.5');
 * device.register('temperature', { size: () => reading.length, readp: (offset) => reading.subarray(offset) });
 * // Opened again for the next host when one has gone.
 * camera.open().pipe(retry()).subscribe((connection) => device.attach(connection));
 * new Camera(host).channel('temperature').read().subscribe((bytes) => console.log(bytes.length)); // 4
 * ```
 */
export class Device {
  private readonly failures = new Subject<DeviceError>();
  private readonly restarts = new Subject<'firmware' | 'bootloader'>();
  private readonly state: DeviceState;
  private session: Session | undefined;

  /** What SYS_INFO answers. */
  readonly systemInfo: SystemInfo;
  /** Each failure of a back-end. The host may not see it: see {@link Backend}. Hot; never errors and never completes. */
  readonly errors$: Observable<DeviceError> = this.failures.asObservable();
  /** The host asked the camera to start anew or to enter its bootloader; its session has ended. Hot; never ends. */
  readonly restarts$: Observable<'firmware' | 'bootloader'> = this.restarts.asObservable();

  /** @throws {OpenMVError} `INVALID_ARGUMENT` when an option is outside its limits. */
  constructor(options: DeviceOptions = {}) {
    const settings = deviceSettings(options);
    this.systemInfo = settings.systemInfo;
    this.state = {
      settings,
      channels: new ChannelTable(settings.transportName),
      lockLimit: new LockLimit(settings.lockIntervalMs, settings.scheduler),
      counters: zeroCounters(),
      unsettled: new Unsettled(() => this.session?.pump()),
      report: (channel, opcode, error) => this.failures.next({ channel, opcode, error }),
      restart: (into) => this.restarts.next(into),
    };
  }

  /**
   * Serves a channel under the first free id and tells the host so.
   *
   * @param name what the host sees of it are its first 13 bytes of UTF-8, up to a NUL. It may be empty, or another channel's:
   * a host that asks by name gets the one with the lower id.
   * @param flags default: what the methods of `backend` stand for, and DYNAMIC. Without DYNAMIC it is a channel of the
   * firmware itself: the host is not told, it survives soft reboots, and its ioctls are checked by `ioctlSizes`.
   * @throws {OpenMVError} `TOO_LARGE` when all 32 ids are taken, `INVALID_ARGUMENT` when `flags` is not a byte.
   * @throws what `backend.init` throws.
   */
  register(name: string, backend: Backend, flags: number = flagsOf(backend)): DeviceChannel {
    requireArgument(typeof name === 'string', "a channel's name is a text", name);
    requireWhole('flags', flags, 0, 0xff);
    const channel = this.state.channels.add(name, flags, backend);
    try {
      backend.init?.();
    } catch (error) {
      this.state.channels.remove(channel);
      throw error;
    }
    if ((flags & ChannelFlag.DYNAMIC) !== 0) this.session?.notify(0, SystemEvent.CHANNEL_REGISTERED);
    return {
      id: channel.id,
      name: channel.name,
      sendEvent: (event, waitAck = false) => this.sendEvent(channel, event, waitAck).pipe(toVoid()),
      unregister: () => this.remove(channel),
    };
  }

  /**
   * Starts a session on a connection; a session that is under way ends. The session begins as after a SYNC, but locks
   * stay until the host's SYNC.
   *
   * The subscription is closed, by itself, when the session ends: the connection completed or was lost, the host has
   * restarted the camera, or another connection was attached. Unsubscribing ends it. Neither closes the connection.
   */
  attach(connection: Connection): Subscription {
    const isConnection = hasMethods(connection, 'write') && hasMethods(connection.bytes$, 'subscribe');
    requireArgument(isConnection, "attach takes a connection, as a transport's open() emits it", connection);
    this.session?.end();
    const attached = new Subscription();
    const session = new Session(this.state, connection, () => {
      if (this.session === session) this.session = undefined;
      attached.unsubscribe();
    });
    this.session = session;
    const end = () => session.end();
    attached.add(end);
    attached.add(connection.bytes$.subscribe({ next: (bytes) => session.receive(bytes), error: end, complete: end }));
    return attached;
  }

  /** Adds an entry to `errors$`, for a back-end that fails without throwing: one that refuses a write, and knows why. */
  report(failure: DeviceError): void {
    this.failures.next(failure);
  }

  /**
   * What the end of a script does (PROTOCOL 9): tells the host, then sequence 0, default capabilities, an empty
   * receive buffer, locks released and dynamic channels gone. The connection stays.
   */
  softReboot(): void {
    this.session?.notify(0, SystemEvent.SOFT_REBOOT);
    this.state.channels.dynamic().forEach((channel) => this.remove(channel));
    this.session?.reset();
  }

  private remove(channel: RegisteredChannel): void {
    if (!this.state.channels.remove(channel)) return;
    try {
      channel.backend.deinit?.();
    } catch (error) {
      this.state.report(channel.name, undefined, error);
    }
  }

  private sendEvent(channel: RegisteredChannel, number: number, waitAck: boolean): Observable<never> {
    if (!Number.isInteger(number))
      throw new OpenMVError('INVALID_ARGUMENT', `an event is a whole number, not ${number}`);
    const event = number & EVENT_BITS;
    const pending = { channel, event, done: new AsyncSubject<never>() };
    const { done } = pending;
    const { session } = this;
    if (!session?.mayNotify || !this.state.channels.has(channel)) unsendable(pending);
    else if (!waitAck) {
      if (session.notify(channel.id, event)) done.complete();
      else unsendable(pending);
    } else if (!session.enqueue(pending))
      done.error(new OpenMVError('QUEUE_FULL', 'too many events wait for their turn: wait for some of them first'));
    return done.asObservable();
  }
}

const EVENT_BITS = 0xffff;

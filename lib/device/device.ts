import { AsyncSubject, Subject, Subscription, type Observable } from 'rxjs';
import { hasMethods, requireArgument, requireWhole } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import type { Connection } from '../transport/transport.js';
import { toVoid } from '../operators/to-void.js';
import { ChannelFlag } from '../wire/flags.js';
import { SystemEvent, type SystemInfo } from '../wire/payloads/index.js';
import { flagsOf, type Backend } from './backend.js';
import { ChannelTable, type RegisteredChannel } from './stack/channel-table.js';
import { LockLimit, Unsettled, zeroCounters, type DeviceState } from './stack/device-state.js';
import { deviceSettings, type DeviceOptions } from './device-options.js';
import { unsendable } from './stack/event-packet.js';
import { Stack } from './stack/stack.js';

/** A channel of a {@link Device}, for the program that registered it. */
export interface DeviceChannel {
  /** The channel's address on the wire. */
  readonly id: number;
  /** The name that the host sees: the first 13 bytes of UTF-8. A character that is cut there appears as U+FFFD. */
  readonly name: string;
  /**
   * Sends an event of this channel: at once, and only once, however many subscribe.
   *
   * Emits `undefined` and completes when the event was sent or, with `waitAck`, when the host has acknowledged it. The device
   * executes no command until then. It sends an event with `waitAck` between two commands, or while a back-end has not
   * answered, so a back-end may wait for the event.
   *
   * Errors with `NO_HOST` when no host is attached, events are off, the channel is gone, or, without `waitAck`, the host does
   * not read; with `TIMEOUT` when the session ends or is reset before the acknowledgement; with `QUEUE_FULL` when 32 events
   * wait.
   *
   * @param event 0 to 0xFFFE, with a meaning of your choice, or `NOTIFY`. Only the lowest 16 bits are sent: 0x2345 for
   * 0x12345, `NOTIFY` for −1.
   * @throws {OpenMVError} `INVALID_ARGUMENT` when `event` is not a whole number.
   */
  sendEvent(event: number, waitAck?: boolean): Observable<void>;
  /** Removes the channel and calls its back-end's `deinit`. The host is not notified (PROTOCOL 6). A second call does nothing. */
  unregister(): void;
}

/** A failure of a back-end. */
export interface DeviceError {
  /** The channel's name. */
  readonly channel: string;
  /** The command that was being executed, or `undefined` when there was none. */
  readonly opcode: number | undefined;
  readonly error: unknown;
}

/**
 * The camera's end of the protocol. It answers a host as the firmware does, with the firmware's rules, limits and traps
 * (PROTOCOL 3 to 7), and serves the registered channels.
 *
 * A device serves one connection at a time. It executes commands in the order in which their bytes arrive, inside the call
 * that delivers them unless a back-end answers later. It holds at most its receive buffer, 64 KiB of input that arrives while
 * it is busy, and 64 KiB of output that the host has not read. Input beyond that is dropped. Output beyond that waits, but an
 * event is dropped. Each drop counts as a transport error.
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
 * // Opens the transport again for the next host when one leaves.
 * camera.open().pipe(retry()).subscribe((connection) => device.attach(connection));
 * new Camera(host).channel('temperature').read().subscribe((bytes) => console.log(bytes.length)); // 4
 * ```
 */
export class Device {
  readonly #failures = new Subject<DeviceError>();
  readonly #restarts = new Subject<'firmware' | 'bootloader'>();
  readonly #state: DeviceState;
  #stack: Stack | undefined;

  /** The answer to SYS_INFO. */
  readonly systemInfo: SystemInfo;
  /** Every failure of a back-end, even one that the host does not see: see {@link Backend}. Hot; never errors or completes. */
  readonly errors$: Observable<DeviceError> = this.#failures.asObservable();
  /** Emits when the host restarts the camera or its bootloader; the session has ended then. Hot; never errors or completes. */
  readonly restarts$: Observable<'firmware' | 'bootloader'> = this.#restarts.asObservable();

  /** @throws {OpenMVError} `INVALID_ARGUMENT` when an option is outside its limits. */
  constructor(options: DeviceOptions = {}) {
    const settings = deviceSettings(options);
    this.systemInfo = settings.systemInfo;
    this.#state = {
      settings,
      channels: new ChannelTable(settings.transportName),
      lockLimit: new LockLimit(settings.lockIntervalMs, settings.scheduler),
      counters: zeroCounters(),
      unsettled: new Unsettled(() => this.#stack?.pump()),
      report: (channel, opcode, error) => this.#failures.next({ channel, opcode, error }),
      restart: (into) => this.#restarts.next(into),
    };
  }

  /**
   * Registers a channel under the first free id, and notifies the host.
   *
   * @param name The host sees the first 13 bytes of UTF-8, up to a NUL. The name may be empty, or equal to another channel's:
   * a host that asks by name gets the channel with the lower id.
   * @param flags Default: DYNAMIC, and the flags that follow from the methods of `backend`. Without DYNAMIC the channel is one
   * of the firmware's own: the host is not notified, the channel survives soft reboots, and `ioctlSizes` checks its ioctls.
   * @throws {OpenMVError} `TOO_LARGE` when all 32 ids are taken, `INVALID_ARGUMENT` when `flags` is not a byte.
   * @throws any error of `backend.init`.
   */
  register(name: string, backend: Backend, flags: number = flagsOf(backend)): DeviceChannel {
    requireArgument(typeof name === 'string', 'the name of a channel must be a string', name);
    requireWhole('the flags of a channel', flags, 0, 0xff);
    const channel = this.#state.channels.add(name, flags, backend);
    try {
      backend.init?.();
    } catch (error) {
      this.#state.channels.remove(channel);
      throw error;
    }
    if ((flags & ChannelFlag.DYNAMIC) !== 0) this.#stack?.notify(0, SystemEvent.CHANNEL_REGISTERED);
    return {
      id: channel.id,
      name: channel.name,
      sendEvent: (event, waitAck = false) => this.#sendEvent(channel, event, waitAck).pipe(toVoid()),
      unregister: () => this.#remove(channel),
    };
  }

  /**
   * Starts a session on a connection, and ends the session before it. The new session starts as after a SYNC, but locks stay
   * until the host sends SYNC.
   *
   * The subscription closes when the session ends: the connection completed or was lost, the host restarted the camera, or
   * another connection was attached. Unsubscribing ends the session. The connection itself stays open in all cases.
   */
  attach(connection: Connection): Subscription {
    const isConnection = hasMethods(connection, 'write') && hasMethods(connection.bytes$, 'subscribe');
    requireArgument(isConnection, 'attach takes a connection, as open() of a transport emits it', connection);
    this.#stack?.end();
    const attached = new Subscription();
    const stack = new Stack(this.#state, connection, () => {
      if (this.#stack === stack) this.#stack = undefined;
      attached.unsubscribe();
    });
    this.#stack = stack;
    const end = () => stack.end();
    attached.add(end);
    attached.add(connection.bytes$.subscribe({ next: (bytes) => stack.receive(bytes), error: end, complete: end }));
    return attached;
  }

  /** Emits a failure on `errors$`. A back-end that refuses a write without throwing reports the reason with it. */
  report(failure: DeviceError): void {
    this.#failures.next(failure);
  }

  /**
   * Does what the end of a script does (PROTOCOL 9): tells the host, removes dynamic channels, sets sequence 0 and the default
   * capabilities, empties the receive buffer, and releases locks. The connection stays.
   */
  softReboot(): void {
    this.#stack?.notify(0, SystemEvent.SOFT_REBOOT);
    this.#state.channels.dynamic().forEach((channel) => this.#remove(channel));
    this.#stack?.reset();
  }

  #remove(channel: RegisteredChannel): void {
    if (!this.#state.channels.remove(channel)) return;
    try {
      channel.backend.deinit?.();
    } catch (error) {
      this.#state.report(channel.name, undefined, error);
    }
  }

  #sendEvent(channel: RegisteredChannel, number: number, waitAck: boolean): Observable<never> {
    requireArgument(Number.isInteger(number), 'an event must be a whole number', number);
    const event = number & EVENT_BITS;
    const pending = { channel, event, done: new AsyncSubject<never>() };
    const { done } = pending;
    const stack = this.#stack;
    if (!stack?.mayNotify || !this.#state.channels.has(channel)) unsendable(pending);
    else if (!waitAck) {
      if (stack.notify(channel.id, event)) done.complete();
      else unsendable(pending);
    } else if (!stack.enqueue(pending))
      done.error(
        new OpenMVError('QUEUE_FULL', 'too many events wait for acknowledgement: wait for some of them first'),
      );
    return done.asObservable();
  }
}

const EVENT_BITS = 0xffff;

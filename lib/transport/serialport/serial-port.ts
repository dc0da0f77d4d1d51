import { Observable } from 'rxjs';
import { SerialPort } from 'serialport';
import { requireArgument, requireOptions, requireWhole, type OptionNames, requireOneOf } from '../../arguments.js';
import { PendingReleases } from '../connection.js';
import type { Connection, Transport } from '../transport.js';
import { unavailable } from './failures.js';
import { PolledIo } from './polled-io.js';
import { PortConnection } from './port-connection.js';
import { hasNoLines, type Port, type PortEvents, type PortIo } from './port-io.js';
import { stockIo } from './stock-io.js';

/** Options of {@link serialPort}. */
export interface SerialPortOptions {
  /** Bits a second. Default 921600, the only rate at which a camera speaks its protocol over USB (PROTOCOL 12). */
  readonly baudRate?: number;
  /** Flow control by RTS and CTS, which a UART usually has and USB does not need. Default `false`. */
  readonly rtscts?: boolean;
  /**
   * How the port is read and written.
   *
   * - `'auto'` (default): `'polled'` on Linux and macOS, where ports can be polled, otherwise `'stock'`;
   * - `'polled'`: by system calls on its descriptor, as soon as the system reports that it is ready;
   * - `'stock'`: by the package `serialport` itself, through Node's thread pool. A round trip takes two to five times as
   *   long. On Linux and macOS it does not read while a write waits for the system's buffer, and it takes up to 200 ms to notice
   *   that the port has hung up, which `'polled'` notices at once.
   */
  readonly io?: 'auto' | 'polled' | 'stock';
}

/**
 * A camera at a serial port: `/dev/ttyACM0`, `COM3`, a pty.
 *
 * `open()` is cold: each subscription opens the port, asserts DTR (without it a camera is a REPL, PROTOCOL 12) and
 * locks the port; unsubscribing releases it, even while it is still opening. It emits one connection and never completes.
 * You can subscribe again at once: an opening waits until this process has released the same path.
 * The port is read all the time, even if nobody is subscribed to `bytes$`, because a camera stalls when its bytes are not
 * read. A chunk is a view of at most 64 KiB that are not reused, and keeps those in memory.
 * `write()` starts at once and completes when the system has accepted the bytes, in one system call if its buffer has space for
 * them. It errors with `LINK_LOST` when the port is closed first. Waiting writes are held without a limit.
 *
 * Errors with `PORT_UNAVAILABLE` when the port is missing, in use by another program, not permitted or not a serial port,
 * or when it can't be polled and `io` is `'polled'`. The message says what to try. Errors with `LINK_LOST` when the port goes away.
 *
 * Needs Node and the package `serialport`. It can't be used in a worker thread: there the package ends the process.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the path is empty, the baud rate is not a whole number above 0, or `io` is
 * unknown.
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { serialPort } from 'openmv-rx/serialport';
 *
 * const camera = new Camera(serialPort('/dev/ttyACM0'));
 * camera.frames$.subscribe((frame) => console.log(frame.width, frame.height));
 * ```
 */
export function serialPort(path: string, options: SerialPortOptions = {}): Transport {
  requireOptions('serialPort', options, KNOWN);
  const { baudRate = 921_600, rtscts = false, io = 'auto' } = options;
  const isPath = typeof path === 'string' && path !== '';
  requireArgument(isPath, "serialPort takes the path of a port, such as '/dev/ttyACM0' or 'COM3'", path);
  requireWhole('baudRate', baudRate, 1);
  requireOneOf('io', io, IO_KINDS);

  return {
    name: path,
    port: path,
    open: () =>
      new Observable<Connection>((subscriber) => {
        const opening = openUnless(() => subscriber.closed, path, { baudRate, rtscts, io });
        subscriber.add(() =>
          releases.add(
            path,
            opening.then((opened) => close(opened?.port)),
          ),
        );
        opening.then(
          (opened) => {
            if (!opened || subscriber.closed) return;
            const connection = new PortConnection(path, opened.ioOf, (error) => subscriber.error(error));
            subscriber.add(() => connection.close());
            subscriber.next(connection);
            connection.start();
          },
          (error: unknown) => subscriber.error(unavailable(path, error)),
        );
      }),
  };
}

const releases = new PendingReleases<string>();

interface Opened {
  readonly port: Port;
  readonly ioOf: (events: PortEvents) => PortIo;
}

async function openUnless(
  isGivenUp: () => boolean,
  path: string,
  { baudRate, rtscts, io }: Required<SerialPortOptions>,
): Promise<Opened | undefined> {
  await releases.of(path);
  if (isGivenUp()) return undefined;
  const port = await SerialPort.binding.open({ path, baudRate, rtscts, lock: true });
  try {
    await assertLines(port);
    return { port, ioOf: chooseIo(io, port) };
  } catch (error) {
    await close(port);
    throw error;
  }
}

async function assertLines(port: Port): Promise<void> {
  try {
    await port.set({ dtr: true, rts: true, brk: false, cts: false, dsr: false });
  } catch (error) {
    if (!hasNoLines(error)) throw error;
  }
}

/** Ignores errors: the port is no longer ours, even if closing it failed. */
async function close(port: Port | undefined): Promise<void> {
  if (port?.isOpen) await port.close().catch(() => undefined);
}

const IO_KINDS = ['auto', 'polled', 'stock'] as const;

type IoKind = (typeof IO_KINDS)[number];

/** @throws {Error} when `polled` is wanted and the system's binding has no poller. */
export function chooseIo(kind: IoKind, port: Port): (events: PortEvents) => PortIo {
  if (kind !== 'stock' && 'poller' in port) return (events) => new PolledIo(port, events);
  if (kind === 'polled') throw new Error("this system can't poll its descriptor, so leave io at 'auto'");
  return (events) => stockIo(port, events);
}

const KNOWN: OptionNames<SerialPortOptions> = { baudRate: true, rtscts: true, io: true };

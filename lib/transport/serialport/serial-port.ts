import { Observable } from 'rxjs';
import { SerialPort } from 'serialport';
import { requireArgument, requireOptions, type OptionNames } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import type { Connection, Transport } from '../transport.js';
import { chooseIo, IO_KINDS } from './choose-io.js';
import { hasNoLines } from './modem-lines.js';
import type { PortEvents, PortIo } from './port-io.js';
import type { Port } from './port.js';
import { release, released } from './released.js';
import { Session } from './session.js';
import { unavailable } from './unavailable.js';

/** What {@link serialPort} may be told. */
export interface SerialPortOptions {
  /** Bits a second. Default 921600, the only rate at which a camera speaks its protocol over USB (PROTOCOL 12). */
  readonly baudRate?: number;
  /** Flow control by RTS and CTS, which a UART usually has and USB does not need. Default `false`. */
  readonly rtscts?: boolean;
  /**
   * How the port is read and written.
   *
   * - `'auto'` (default): `'polled'` where it is to be had, which is on Linux and macOS, else `'stock'`;
   * - `'polled'`: with system calls on its descriptor as soon as the system says that it is ready;
   * - `'stock'`: by the package `serialport` itself, through Node's thread pool. A round trip takes two to five times as
   *   long. On Linux and macOS it does not read while a write waits for room, and notices within 200 ms rather than at
   *   once that the port has hung up.
   */
  readonly io?: 'auto' | 'polled' | 'stock';
}

/**
 * A camera at a serial port: `/dev/ttyACM0`, `COM3`, a pty.
 *
 * `open()` is cold: each subscription opens the port, asserts DTR, without which a camera is a REPL (PROTOCOL 12), and
 * locks it; unsubscribing releases it, also while it is still being opened. It emits one connection and never completes.
 * It can be subscribed to again at once: an opening waits until this process has released the same path.
 * The port is read all the time, whether anyone is subscribed to `bytes$` or not, because a camera whose bytes are not
 * taken stalls; a chunk is a view of at most 64 KiB that are not used again, and keeps those alive.
 * `write()` starts at once and completes when the system has taken the bytes, in one system call if it has room for
 * them, and errors with `LINK_LOST` when the port was closed before. Writes that wait are held without a limit.
 *
 * Errors with `PORT_UNAVAILABLE` when the port is missing, in use by another program, not permitted, not a serial port,
 * or can't be polled where that was asked for, and says what to try; with `LINK_LOST` when it goes away.
 *
 * Needs the package `serialport`, in Node. It can't be used in a worker thread: the package ends the process there.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the path is empty, the baud rate is not a whole number above 0, or `io` is no
 * such word.
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
  if (!(Number.isInteger(baudRate) && baudRate > 0))
    throw new OpenMVError('INVALID_ARGUMENT', `the baud rate must be a whole number above 0, not ${baudRate}`);
  if (!IO_KINDS.includes(io))
    throw new OpenMVError('INVALID_ARGUMENT', `io is one of ${IO_KINDS.join(', ')}, not ${io as string}`);

  return {
    name: path,
    port: path,
    open: () =>
      new Observable<Connection>((subscriber) => {
        const opening = openUnless(() => subscriber.closed, path, { baudRate, rtscts, io });
        subscriber.add(() => {
          release(
            path,
            opening.then((opened) => close(opened?.port), nothing),
          );
        });
        opening.then(
          (opened) => {
            if (!opened || subscriber.closed) return;
            const session = new Session(path, opened.ioOf, (error) => {
              subscriber.error(error);
            });
            subscriber.add(() => {
              session.end();
            });
            subscriber.next(session);
            session.start();
          },
          (error: unknown) => {
            subscriber.error(unavailable(path, error));
          },
        );
      }),
  };
}

interface Opened {
  readonly port: Port;
  readonly ioOf: (events: PortEvents) => PortIo;
}

async function openUnless(
  given: () => boolean,
  path: string,
  { baudRate, rtscts, io }: Required<SerialPortOptions>,
): Promise<Opened | undefined> {
  await released(path);
  if (given()) return undefined;
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

/** Whatever closing a port complains about, the port is not ours any more. */
async function close(port: Port | undefined): Promise<void> {
  if (port?.isOpen) await port.close().catch(nothing);
}

function nothing(): void {
  return undefined;
}

const KNOWN: OptionNames<SerialPortOptions> = { baudRate: true, rtscts: true, io: true };

import { Observable } from 'rxjs';
import { SerialPort } from 'serialport';
import { OpenMVError } from '../../errors.js';
import type { Connection, Transport } from '../transport.js';
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
 * Errors with `PORT_UNAVAILABLE` when the port is missing, in use by another program, not permitted or not a serial
 * port, and says what to try; with `LINK_LOST` when it goes away.
 *
 * Needs the package `serialport`, in Node. It can't be used in a worker thread: the package ends the process there.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when the path is empty or the baud rate is not a whole number above 0.
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
  const { baudRate = 921_600, rtscts = false } = options;
  if (path === '') throw new OpenMVError('INVALID_ARGUMENT', 'the path of a serial port must not be empty');
  if (!(Number.isInteger(baudRate) && baudRate > 0))
    throw new OpenMVError('INVALID_ARGUMENT', `the baud rate must be a whole number above 0, not ${baudRate}`);

  return {
    name: path,
    open: () =>
      new Observable<Connection>((subscriber) => {
        const opening = openUnless(() => subscriber.closed, path, baudRate, rtscts);
        subscriber.add(() => {
          release(path, opening.then(close, nothing));
        });
        opening.then(
          (port) => {
            if (!port || subscriber.closed) return;
            const session = new Session(path, port, (error) => {
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

async function openUnless(
  given: () => boolean,
  path: string,
  baudRate: number,
  rtscts: boolean,
): Promise<Port | undefined> {
  await released(path);
  if (given()) return undefined;
  const port = await SerialPort.binding.open({ path, baudRate, rtscts, lock: true });
  try {
    await port.set({ dtr: true, rts: true, brk: false, cts: false, dsr: false });
  } catch (error) {
    // A pty has no modem lines, and needs none.
    if (!String(error).includes('Inappropriate ioctl')) {
      await close(port);
      throw error;
    }
  }
  return port;
}

/** Whatever closing a port complains about, the port is not ours any more. */
async function close(port: Port | undefined): Promise<void> {
  if (port?.isOpen) await port.close().catch(nothing);
}

function nothing(): void {
  return undefined;
}

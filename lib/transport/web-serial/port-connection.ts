import { Observable } from 'rxjs';
import type { OpenMVError } from '../../errors.js';
import { BaseConnection, fromCallback, PendingReleases } from '../connection.js';
import type { Connection } from '../transport.js';
import { lost, unopened } from './failures.js';
import type { WebSerialLike, WebSerialPort, WebSerialReader, WebSerialWriter } from './web-serial-like.js';

/** The rate at which a camera speaks the protocol, if DTR is asserted (PROTOCOL 12). */
const BAUD_RATE = 921_600;
/** The buffer that the browser keeps for a busy page. With the default of 256 bytes the camera would wait. */
const BUFFER_BYTES = 65_536;

const releases = new PendingReleases<WebSerialPort>();

/** Opens the port. Cold; the teardown of each subscription closes it. */
export function openedPort(serial: WebSerialLike, name: string, port: WebSerialPort): Observable<Connection> {
  return new Observable((subscriber) => {
    let connection: PortConnection | undefined;
    const opening = openUnless(() => subscriber.closed, port);
    const unplugged = ({ target }: { target: unknown }): void => {
      if (target === port) connection?.portLost();
    };
    serial.addEventListener('disconnect', unplugged);
    subscriber.add(() => {
      serial.removeEventListener('disconnect', unplugged);
      connection?.close();
      releases.add(port, connection?.released ?? opening.then((opened) => (opened ? port.close() : undefined)));
    });
    opening.then(
      (opened) => {
        if (!opened || subscriber.closed) return;
        connection = new PortConnection(name, port, (error) => subscriber.error(error));
        subscriber.next(connection);
        connection.start();
      },
      (cause: unknown) => subscriber.error(unopened(name, cause)),
    );
  });
}

async function openUnless(isGivenUp: () => boolean, port: WebSerialPort): Promise<boolean> {
  await releases.of(port);
  if (isGivenUp()) return false;
  await port.open({ baudRate: BAUD_RATE, bufferSize: BUFFER_BYTES });
  try {
    await port.setSignals({ dataTerminalReady: true, requestToSend: true });
    return true;
  } catch (error) {
    await port.close().catch(() => undefined);
    throw error;
  }
}

/** An open port. */
class PortConnection extends BaseConnection {
  readonly #port: WebSerialPort;
  readonly #writer: WebSerialWriter | undefined;
  #reader: WebSerialReader | undefined;
  #released: Promise<void> | undefined;

  constructor(name: string, port: WebSerialPort, onLost: (error: OpenMVError) => void) {
    super(name, onLost);
    this.#port = port;
    this.#writer = port.writable?.getWriter();
  }

  /** After `close()`: resolves when the port can be opened again. */
  get released(): Promise<void> | undefined {
    return this.#released;
  }

  /** Begins to read. Call it when the connection has been handed over. */
  start(): void {
    void this.#readAll().then((cause) => this.portLost(cause));
  }

  portLost(cause?: unknown): void {
    this.lose(lost(this.name, cause));
  }

  protected send(bytes: Uint8Array): Observable<never> {
    return fromCallback((done) => {
      if (!this.#writer) {
        done(this.wasClosed());
        return;
      }
      this.#writer.write(bytes).then(
        () => done(),
        (cause: unknown) => {
          done(this.isClosed ? this.wasClosed(cause) : lost(this.name, cause));
          this.portLost(cause);
        },
      );
    });
  }

  protected release(): void {
    this.#released = this.#releasePort();
  }

  /** Drops the bytes that were written and not sent yet. */
  async #releasePort(): Promise<void> {
    // A port does not close while its streams are locked.
    await Promise.allSettled([this.#reader?.cancel(), this.#writer?.abort()]);
    this.#reader?.releaseLock();
    this.#writer?.releaseLock();
    await this.#port.close();
  }

  /** Reads until the port is closed or lost, and resolves with the cause. */
  async #readAll(): Promise<unknown> {
    let failed: WebSerialPort['readable'] | undefined;
    let cause: unknown;
    for (;;) {
      const { readable } = this.#port;
      if (this.isClosed || readable === null || readable === failed) return cause;
      const reader = readable.getReader();
      this.#reader = reader;
      try {
        for (let result = await reader.read(); !result.done; result = await reader.read())
          if (result.value) this.receive(result.value);
        return undefined;
      } catch (error) {
        // Either bytes were lost (a full buffer) and the port continues with a new stream, or the port is lost.
        [failed, cause] = [readable, error];
        reader.releaseLock();
      }
    }
  }
}

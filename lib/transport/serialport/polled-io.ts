import { readSync, writeSync } from 'node:fs';
import { ChunkPool, type Port, type PortEvents, type PortIo } from './port-io.js';

/** A port of a system with file descriptors: Linux and macOS. */
export type PolledPort = Pick<Extract<Port, { poller: unknown }>, 'fd' | 'poller'>;

/** The events of a poller (uv_poll_event). */
const READABLE = 1;
const WRITABLE = 2;
const DISCONNECT = 4;

/** The most that one read of a tty returns. Read on after that many bytes: they may be part of a longer packet. */
const AT_ONCE = 4095;

interface WaitingWrite {
  readonly bytes: Uint8Array;
  readonly done: (error?: unknown) => void;
  sent: number;
}

/**
 * Reads and writes the port's non-blocking file descriptor whenever its poller reports that it is ready.
 *
 * The binding's own `read` and `write` have two faults. They do not read while a write waits for space in the system's buffer,
 * so a camera and its host can wait for each other for ever. And if a tty hangs up during a read, they read 0 bytes in an endless
 * loop.
 */
export class PolledIo implements PortIo {
  readonly #pool = new ChunkPool();
  readonly #waiting: WaitingWrite[] = [];
  readonly #port: PolledPort;
  readonly #events: PortEvents;
  #ended: Error | undefined;

  constructor(port: PolledPort, events: PortEvents) {
    this.#port = port;
    this.#events = events;
  }

  start(): void {
    if (this.#ended) return;
    this.#port.poller
      .on('readable', this.#onReadable)
      .on('writable', this.#onWritable)
      .on('disconnect', this.#onHangUp);
    this.#arm();
  }

  write(bytes: Uint8Array, done: (error?: unknown) => void): void {
    if (this.#ended) {
      done(this.#ended);
      return;
    }
    this.#waiting.push({ bytes, done, sent: 0 });
    if (this.#waiting.length > 1) return;
    this.#flush();
    if (this.#waiting.length > 0) this.#arm();
  }

  end(): void {
    this.#stop(new Error('the port was closed'));
  }

  readonly #onReadable = (error: Error | null): void => {
    if (error) {
      this.#lose(error);
      return;
    }
    const { room } = this.#pool;
    let length = 0;
    let read: number | Error | undefined;
    do {
      read = this.#attempt((fd) => readSync(fd, room, length, room.length - length, null));
      if (typeof read === 'number') length += read;
    } while (typeof read === 'number' && read >= AT_ONCE && length < room.length);
    if (length > 0) this.#events.arrived(this.#pool.take(length));
    if (read === 0) this.#lose(new Error('the port has hung up'));
    if (read instanceof Error) this.#lose(read);
    this.#arm();
  };

  readonly #onWritable = (error: Error | null): void => {
    if (error) this.#lose(error);
    else this.#flush();
    this.#arm();
  };

  readonly #onHangUp = (error: Error | null): void => {
    this.#lose(error ?? new Error('the port has hung up'));
  };

  /** A poller reports only once, so start it again after each event. */
  #arm(): void {
    if (!this.#ended) this.#port.poller.poll(READABLE | DISCONNECT | (this.#waiting.length > 0 ? WRITABLE : 0));
  }

  #flush(): void {
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const rest = first.bytes.subarray(first.sent);
      const length = this.#attempt((fd) => writeSync(fd, rest));
      if (length instanceof Error) this.#lose(length);
      if (typeof length !== 'number') return;
      first.sent += length;
      if (length < rest.length) continue;
      this.#waiting.shift();
      first.done();
    }
  }

  /** Returns the result of a system call, its error, or `undefined` if it would block. */
  #attempt(call: (fd: number) => number): number | Error | undefined {
    if (this.#ended || this.#port.fd === null) return undefined;
    try {
      return call(this.#port.fd);
    } catch (error) {
      return BUSY.has((error as NodeJS.ErrnoException).code) ? undefined : (error as Error);
    }
  }

  #lose(cause: Error): void {
    if (this.#ended) return;
    this.#stop(cause);
    this.#events.gone(cause);
  }

  #stop(why: Error): void {
    if (this.#ended) return;
    this.#ended = why;
    this.#port.poller
      .off('readable', this.#onReadable)
      .off('writable', this.#onWritable)
      .off('disconnect', this.#onHangUp);
    for (const { done } of this.#waiting.splice(0)) done(why);
  }
}

const BUSY = new Set<string | undefined>(['EAGAIN', 'EWOULDBLOCK', 'EINTR']);

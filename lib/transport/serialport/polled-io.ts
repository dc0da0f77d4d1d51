import { readSync, writeSync } from 'node:fs';
import type { Port } from './port.js';
import { ChunkPool, type PortEvents, type PortIo } from './port-io.js';

/** A port of a system with file descriptors: Linux and macOS. */
export type PolledPort = Pick<Extract<Port, { poller: unknown }>, 'fd' | 'poller'>;

/** What a poller can be asked for (uv_poll_event). */
const READABLE = 1;
const WRITABLE = 2;
const DISCONNECT = 4;

/** What a tty hands out at once, however much it has. What was cut there belongs together, such as a packet of 4096. */
const AT_ONCE = 4095;

interface WaitingWrite {
  readonly bytes: Uint8Array;
  readonly done: (error?: unknown) => void;
  sent: number;
}

/**
 * Reads and writes on the port's file descriptor, which does not block, whenever its poller says so.
 *
 * The binding's own `read` and `write` would do, but for two things: while a write waits for room they do not read, so
 * that a camera and its host can wait for each other for ever; and a tty that hangs up while it is being read is read
 * for ever, 0 bytes at a time.
 */
export class PolledIo implements PortIo {
  private readonly pool = new ChunkPool();
  private readonly waiting: WaitingWrite[] = [];
  private over: Error | undefined;

  constructor(
    private readonly port: PolledPort,
    private readonly events: PortEvents,
  ) {}

  start(): void {
    if (this.over) return;
    this.port.poller.on('readable', this.onReadable).on('writable', this.onWritable).on('disconnect', this.onHangUp);
    this.arm();
  }

  write(bytes: Uint8Array, done: (error?: unknown) => void): void {
    if (this.over) {
      done(this.over);
      return;
    }
    this.waiting.push({ bytes, done, sent: 0 });
    if (this.waiting.length > 1) return;
    this.flush();
    if (this.waiting.length > 0) this.arm();
  }

  end(): void {
    this.stop(new Error('the port was closed'));
  }

  private readonly onReadable = (error: Error | null): void => {
    if (error) {
      this.lose(error);
      return;
    }
    const { room } = this.pool;
    let length = 0;
    let read: number | Error | undefined;
    do {
      read = this.attempt((fd) => readSync(fd, room, length, room.length - length, null));
      if (typeof read === 'number') length += read;
    } while (typeof read === 'number' && read >= AT_ONCE && length < room.length);
    if (length > 0) this.events.arrived(this.pool.take(length));
    if (read === 0) this.lose(new Error('the port has hung up'));
    if (read instanceof Error) this.lose(read);
    this.arm();
  };

  private readonly onWritable = (error: Error | null): void => {
    if (error) this.lose(error);
    else this.flush();
    this.arm();
  };

  private readonly onHangUp = (error: Error | null): void => {
    this.lose(error ?? new Error('the port has hung up'));
  };

  /** A poller forgets what it has told. */
  private arm(): void {
    if (!this.over) this.port.poller.poll(READABLE | DISCONNECT | (this.waiting.length > 0 ? WRITABLE : 0));
  }

  private flush(): void {
    for (let first = this.waiting[0]; first; first = this.waiting[0]) {
      const rest = first.bytes.subarray(first.sent);
      const length = this.attempt((fd) => writeSync(fd, rest));
      if (length instanceof Error) this.lose(length);
      if (typeof length !== 'number') return;
      first.sent += length;
      if (length < rest.length) continue;
      this.waiting.shift();
      first.done();
    }
  }

  /** The count that a system call gives, its error, or `undefined` if there is nothing to be had or no room. */
  private attempt(call: (fd: number) => number): number | Error | undefined {
    if (this.over || this.port.fd === null) return undefined;
    try {
      return call(this.port.fd);
    } catch (error) {
      return BUSY.has((error as NodeJS.ErrnoException).code) ? undefined : (error as Error);
    }
  }

  private lose(cause: Error): void {
    if (this.over) return;
    this.stop(cause);
    this.events.gone(cause);
  }

  private stop(why: Error): void {
    if (this.over) return;
    this.over = why;
    this.port.poller.off('readable', this.onReadable).off('writable', this.onWritable).off('disconnect', this.onHangUp);
    for (const { done } of this.waiting.splice(0)) done(why);
  }
}

const BUSY = new Set<string | undefined>(['EAGAIN', 'EWOULDBLOCK', 'EINTR']);

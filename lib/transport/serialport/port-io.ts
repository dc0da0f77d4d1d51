import type { SerialPort } from 'serialport';

/** An open port of the binding of the package `serialport`. */
export type Port = Awaited<ReturnType<(typeof SerialPort)['binding']['open']>>;

/** The events of a {@link PortIo}. */
export interface PortEvents {
  /** Bytes arrived. The chunk belongs to the receiver. */
  readonly arrived: (chunk: Uint8Array) => void;
  /** The port is lost. Called at most once, and never after `end()`. */
  readonly gone: (cause: unknown) => void;
}

/** Reads and writes an open port. */
export interface PortIo {
  /** Begins to read everything that arrives. */
  start(): void;
  /** Calls `done` when the system has accepted the bytes, or with the error. Writes are sent in the order of the calls. */
  write(bytes: Uint8Array, done: (error?: unknown) => void): void;
  /** Stops reading. The opener closes the port; waiting writes fail then at the latest. */
  end(): void;
}

/** True if a port refuses to set DTR and RTS because it has no such lines. A pty has none, and needs none. */
export function hasNoLines(error: unknown): boolean {
  return String(error).includes('Inappropriate ioctl');
}

/** Memory to read into. Chunks are cut from it one after another, and no part of it is used twice. */
export class ChunkPool {
  #pool = newPool();
  #used = 0;

  /** Where the next read may write: at least 4096 bytes, because a tty returns up to 4095 at once. */
  get room(): Buffer<ArrayBuffer> {
    if (POOL_BYTES - this.#used < 4096) {
      this.#pool = newPool();
      this.#used = 0;
    }
    return this.#pool.subarray(this.#used);
  }

  /** Returns the first bytes of the last `room` as a chunk. */
  take(length: number): Uint8Array {
    const chunk = new Uint8Array(this.#pool.buffer, this.#used, length);
    this.#used += length;
    return chunk;
  }
}

const POOL_BYTES = 65_536;

function newPool(): Buffer<ArrayBuffer> {
  return Buffer.from(new ArrayBuffer(POOL_BYTES));
}

/** What reading a port tells. */
export interface PortEvents {
  /** These bytes came; they are the receiver's. */
  readonly arrived: (chunk: Uint8Array) => void;
  /** The port has gone away. It is told once, and never after `end()`. */
  readonly gone: (cause: unknown) => void;
}

/** How an open port is read and written. */
export interface PortIo {
  /** Begins to take everything that arrives. */
  start(): void;
  /** Calls `done` when the system has the bytes, or with what was in the way. Writes go out in the order of the calls. */
  write(bytes: Uint8Array, done: (error?: unknown) => void): void;
  /** Reads no more. The port is closed by who opened it; writes that wait fail, then at the latest. */
  end(): void;
}

/** Memory to read into: chunks are cut from it one behind the other, and no part of it is used twice. */
export class ChunkPool {
  private pool = newPool();
  private used = 0;

  /** Where the next read may write to: at least what a tty hands out at once, 4095 bytes. */
  get room(): Buffer<ArrayBuffer> {
    if (POOL_BYTES - this.used < 4096) {
      this.pool = newPool();
      this.used = 0;
    }
    return this.pool.subarray(this.used);
  }

  /** The first bytes of the last `room`, as a chunk for whoever reads. */
  take(length: number): Uint8Array {
    const chunk = new Uint8Array(this.pool.buffer, this.used, length);
    this.used += length;
    return chunk;
  }
}

const POOL_BYTES = 65_536;

function newPool(): Buffer<ArrayBuffer> {
  return Buffer.from(new ArrayBuffer(POOL_BYTES));
}

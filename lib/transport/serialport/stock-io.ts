import type { Port } from './port.js';
import { ChunkPool, type PortEvents, type PortIo } from './port-io.js';

/** The binding's own reads and writes, through the thread pool: for systems whose ports can't be polled. */
export function stockIo(port: Pick<Port, 'read' | 'write'>, { arrived, gone }: PortEvents): PortIo {
  let lastWrite = Promise.resolve();
  let ended = false;
  return {
    start: () => {
      takeAll(port, arrived).catch((cause: unknown) => {
        // Closing cancels the read that waits.
        if (!ended) gone(cause);
      });
    },
    write: (bytes, done) => {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      // A write that failed takes those behind it along: the other end would miss its bytes.
      lastWrite = lastWrite.then(() => port.write(buffer));
      lastWrite.then(() => {
        done();
      }, done);
    },
    end: () => {
      ended = true;
    },
  };
}

async function takeAll(port: Pick<Port, 'read'>, arrived: (chunk: Uint8Array) => void): Promise<never> {
  for (const pool = new ChunkPool(); ;) {
    const { room } = pool;
    const { bytesRead } = await port.read(room, 0, room.length);
    arrived(pool.take(bytesRead));
  }
}

import type { SchedulerLike, Subscription } from 'rxjs';
import { hangUp } from './hang-up.js';
import type { Port } from './port.js';
import { ChunkPool, type PortEvents, type PortIo } from './port-io.js';

/** What is used of a port. One with a poller is read as Linux and macOS read. */
export type StockPort = Pick<Port, 'read' | 'write' | 'get'> & { readonly poller?: unknown };

/** The binding's own reads and writes, through the thread pool: for systems whose ports can't be polled. */
export function stockIo(port: StockPort, { arrived, gone }: PortEvents, scheduler?: SchedulerLike): PortIo {
  let lastWrite = Promise.resolve();
  let ended = false;
  let watch: Subscription | undefined;
  const end = (): void => {
    ended = true;
    watch?.unsubscribe();
  };
  const lose = (cause: unknown): void => {
    // Closing cancels the read that waits.
    if (ended) return;
    end();
    gone(cause);
  };
  return {
    start: () => {
      if (ended) return;
      takeAll(port, arrived).catch(lose);
      if (port.poller !== undefined) watch = hangUp(port, scheduler).subscribe({ error: lose });
    },
    write: (bytes, done) => {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      // A write that failed takes those behind it along: the other end would miss its bytes.
      lastWrite = lastWrite.then(() => port.write(buffer));
      lastWrite.then(() => {
        done();
      }, done);
    },
    end,
  };
}

async function takeAll(port: Pick<Port, 'read'>, arrived: (chunk: Uint8Array) => void): Promise<never> {
  for (const pool = new ChunkPool(); ;) {
    const { room } = pool;
    const { bytesRead } = await port.read(room, 0, room.length);
    arrived(pool.take(bytesRead));
  }
}

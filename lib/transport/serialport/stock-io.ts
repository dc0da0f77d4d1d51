import {
  asyncScheduler,
  defer,
  exhaustMap,
  ignoreElements,
  interval,
  type Observable,
  type SchedulerLike,
  type Subscription,
} from 'rxjs';
import { ChunkPool, hasNoLines, type Port, type PortEvents, type PortIo } from './port-io.js';

/** The methods that {@link stockIo} uses. A port with a poller is a port of Linux or macOS. */
export type StockPort = Pick<Port, 'read' | 'write' | 'get'> & { readonly poller?: unknown };

const CHECK_EVERY_MS = 200;

/** Uses the binding's own reads and writes, through the thread pool: for systems whose ports can't be polled. */
export function stockIo(port: StockPort, { arrived, gone }: PortEvents, scheduler?: SchedulerLike): PortIo {
  let lastWrite = Promise.resolve();
  let ended = false;
  let watch: Subscription | undefined;
  const end = (): void => {
    ended = true;
    watch?.unsubscribe();
  };
  const lose = (cause: unknown): void => {
    // Closing the port cancels the pending read, which is no loss.
    if (ended) return;
    end();
    gone(cause);
  };
  return {
    start: () => {
      if (ended) return;
      readAll(port, arrived).catch(lose);
      if (port.poller !== undefined) watch = hangUp(port, scheduler).subscribe({ error: lose });
    },
    write: (bytes, done) => {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      // When a write fails, the writes after it fail too: the other end would miss bytes in the middle.
      lastWrite = lastWrite.then(() => port.write(buffer));
      lastWrite.then(() => {
        done();
      }, done);
    },
    end,
  };
}

async function readAll(port: Pick<Port, 'read'>, arrived: (chunk: Uint8Array) => void): Promise<never> {
  for (const pool = new ChunkPool(); ;) {
    const { room } = pool;
    const { bytesRead } = await port.read(room, 0, room.length);
    arrived(pool.take(bytesRead));
  }
}

/**
 * Checks five times a second that a port still exists. Errors when it has hung up, and emits nothing.
 *
 * The binding's own reads need this check: when a tty hangs up they get 0 bytes, mistake that for "no data yet", and read for ever.
 */
export function hangUp(port: Pick<Port, 'get'>, scheduler: SchedulerLike = asyncScheduler): Observable<never> {
  return interval(CHECK_EVERY_MS, scheduler).pipe(
    exhaustMap(() => defer(() => check(port))),
    ignoreElements(),
  );
}

async function check(port: Pick<Port, 'get'>): Promise<void> {
  try {
    await port.get();
  } catch (error) {
    if (!hasNoLines(error)) throw error;
  }
}

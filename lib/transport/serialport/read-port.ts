import type { Port } from './port.js';

/** What is allocated at a time; chunks are cut from it, one behind the other, and it is never used twice. */
const POOL_BYTES = 65_536;
/** A tty hands out at most 4095 bytes a read. */
const LEAST_ROOM = 4_096;

/**
 * Takes everything from a port until it is closed, and says when it has gone away instead.
 */
export function readPort(port: Port, arrived: (chunk: Uint8Array) => void, gone: (cause: unknown) => void): void {
  // After a hang-up a tty answers reads with 0 bytes for ever, and the binding reads again for ever. Only if it
  // happens to wait does it notice; so its poller is asked for the hang-up itself.
  if ('poller' in port) {
    port.poller.once('disconnect', (error) => {
      if (port.isOpen && !isCanceled(error)) gone(error);
    });
  }
  void takeAll(port, arrived).catch((error: unknown) => {
    // Closing cancels the read that waits.
    if (!isCanceled(error)) gone(error);
  });
}

async function takeAll(port: Port, arrived: (chunk: Uint8Array) => void): Promise<never> {
  for (let pool = newPool(), used = 0; ;) {
    if (POOL_BYTES - used < LEAST_ROOM) [pool, used] = [newPool(), 0];
    const { bytesRead } = await port.read(pool, used, POOL_BYTES - used);
    arrived(new Uint8Array(pool.buffer, used, bytesRead));
    used += bytesRead;
  }
}

function newPool(): Buffer<ArrayBuffer> {
  return Buffer.from(new ArrayBuffer(POOL_BYTES));
}

function isCanceled(error: unknown): boolean {
  return error instanceof Error && 'canceled' in error && error.canceled === true;
}

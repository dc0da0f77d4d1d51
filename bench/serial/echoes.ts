import { ok } from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Connection } from 'openmv-rx';
import { serialPort } from 'openmv-rx/serialport';
import { echoPty } from '../bed/echo-pty.js';
import type { Pace } from '../pace.js';
import { randomBytes } from '../random-bytes.js';
import type { Result } from '../result.js';
import { compared, type Kind, KINDS, ROUNDS } from './kinds.js';

/** A packet with one byte of payload (PROTOCOL 1). */
const WRITE_BYTES = 15;

/** How long a write takes to the other end of a tty and back, with nothing of a protocol. */
export async function echoes({ roundTrips }: Pace): Promise<Result[]> {
  const samples: Record<Kind, number[]> = { polled: [], stock: [] };
  const echo = await echoPty();
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      for (const io of KINDS) {
        const latencies = await overPort(echo.path, io, Math.ceil(roundTrips / ROUNDS));
        if (round > 0) samples[io].push(...latencies); // the first one warms up
      }
    }
  } finally {
    await echo.close();
  }
  return compared(`echo of ${WRITE_BYTES} B`, samples);
}

function overPort(path: string, io: Kind, count: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const opened = serialPort(path, { io })
      .open()
      .subscribe({
        next: (connection) => {
          measured(connection, count)
            .finally(() => opened.unsubscribe())
            .then(resolve, reject);
        },
        error: reject,
      });
  });
}

async function measured(connection: Connection, count: number): Promise<number[]> {
  const sent = randomBytes(WRITE_BYTES);
  const latencies: number[] = [];
  for (let i = 0; i < count; i++) {
    sent[0] = i;
    const back = Buffer.alloc(WRITE_BYTES);
    const from = performance.now();
    await new Promise<void>((resolve) => {
      let length = 0;
      const arriving = connection.bytes$.subscribe((chunk) => {
        back.set(chunk, length);
        length += chunk.length;
        if (length < WRITE_BYTES) return;
        arriving.unsubscribe();
        resolve();
      });
      connection.write(sent);
    });
    latencies.push(performance.now() - from);
    ok(back.equals(sent), 'an echo is not what was written');
    await turn();
  }
  return latencies;
}

import { deepStrictEqual } from 'node:assert/strict';
import type { Camera } from 'openmv-rx';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { ptyBedWith } from '../bed/pty-bed.js';
import { withCamera } from '../loopback/with-camera.js';
import type { Pace } from '../pace.js';
import { randomBytes } from '../random-bytes.js';
import type { Result } from '../result.js';
import { compared, type Kind, ROUNDS } from './kinds.js';

const WRITE_BYTES = 15;

/** How long a write to a channel takes until the camera has acknowledged it: a command, and all that it takes. */
export async function acknowledgedWrites({ roundTrips }: Pace): Promise<Result[]> {
  const samples: Record<Kind, number[]> = { polled: [], stock: [] };
  const each = Math.ceil(roundTrips / ROUNDS);
  const bed = (io: Kind) => ptyBedWith(io, { io });
  const options = { frameBytes: 1000 };
  await withCamera(bed('polled'), options, {}, (polled) =>
    withCamera(bed('stock'), options, {}, async (stock) => {
      for (let round = 0; round <= ROUNDS; round++) {
        for (const [io, camera] of [
          ['polled', polled],
          ['stock', stock],
        ] as const) {
          const latencies = await measured(camera, each);
          if (round > 0) samples[io].push(...latencies); // the first one warms up
        }
      }
    }),
  );
  return compared(`write of ${WRITE_BYTES} B to a camera`, samples);
}

async function measured(camera: Camera, count: number): Promise<number[]> {
  const notes = camera.channel('notes');
  const latencies: number[] = [];
  let note = randomBytes(WRITE_BYTES);
  for (let i = 0; i < count; i++) {
    note = Uint8Array.of(i, ...note.subarray(1));
    const from = performance.now();
    const progress = await lastValueFrom(notes.write(note));
    latencies.push(performance.now() - from);
    deepStrictEqual(progress, { sent: WRITE_BYTES, total: WRITE_BYTES });
  }
  deepStrictEqual(Buffer.from(await firstValueFrom(notes.read())), Buffer.from(note));
  return latencies;
}

import { deepStrictEqual } from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Camera } from 'openmv-rx';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { randomBytes } from '../random-bytes.js';

/** Longer than a cycle of the stream takes, so that writes meet all of its phases. */
const LONGEST_PAUSE_MS = 25;
const NOTE_BYTES = 16;

/** How long each of some small writes takes, in milliseconds, at moments that have nothing to do with the camera's. */
export async function writeLatencies(camera: Camera, writes: number): Promise<number[]> {
  const notes = camera.channel('notes');
  const moments = randomBytes(writes);
  const latencies: number[] = [];
  for (const [i, moment] of moments.entries()) {
    await pause((moment / 255) * LONGEST_PAUSE_MS);
    const from = performance.now();
    const progress = await lastValueFrom(notes.write(note(i)));
    latencies.push(performance.now() - from);
    deepStrictEqual(progress, { sent: NOTE_BYTES, total: NOTE_BYTES });
  }
  deepStrictEqual(Buffer.from(await firstValueFrom(notes.read())), Buffer.from(note(writes - 1)));
  return latencies;
}

function note(number: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(NOTE_BYTES);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

import { strictEqual } from 'node:assert/strict';
import type { BedKind } from '../bed/bed.js';
import type { Pace } from '../pace.js';
import { result, type Result } from '../result.js';
import { frameRate } from './frame-rate.js';
import { withCamera } from './with-camera.js';

export const LOCK_LIMIT =
  'at best 85 to 90: a camera grants a lock 10 ms after the last one (lockIntervalMs, of which 10 is also the minimum)';

/** Frames of one size. */
export async function streams(
  kind: BedKind,
  name: string,
  frameBytes: number,
  ack: boolean,
  { warmUpMs, streamMs }: Pace,
): Promise<Result[]> {
  const { rates, mean, cpuMs, repeats } = await withCamera(kind, { frameBytes }, { capabilities: { ack } }, (camera) =>
    frameRate(camera, frameBytes, warmUpMs, streamMs),
  );
  strictEqual(repeats, 0, 'frames that came twice');
  const megabytes = rates.map((rate) => (rate * frameBytes) / 1e6);
  return [
    { ...result(`${name}, stream`, 'frames/s', rates, LOCK_LIMIT), mean },
    { ...result(`${name}, stream`, 'MB/s', megabytes), mean: (mean * frameBytes) / 1e6 },
    result(`${name}, stream, this process's CPU`, 'ms/frame', [cpuMs]),
  ];
}

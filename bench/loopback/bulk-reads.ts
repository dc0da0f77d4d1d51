import type { BedKind } from '../bed/bed.js';
import { checkedNumber, numberedFrame } from '../bed/frames.js';
import type { Pace } from '../pace.js';
import { result, type Result } from '../result.js';
import { firstValueFrom } from 'rxjs';
import { withCamera } from './with-camera.js';

/** The same bytes read from a channel, one reading after another: without locks, what the way itself can carry. */
export async function bulkReads(
  kind: BedKind,
  name: string,
  frameBytes: number,
  ack: boolean,
  { reads, warmUpMs }: Pace,
): Promise<Result[]> {
  const rates = await withCamera(kind, { frameBytes }, { capabilities: { ack } }, async (camera) => {
    const bulk = camera.channel('bulk');
    const expected = numberedFrame(frameBytes)(0);
    const rates: number[] = [];
    const warmFrom = performance.now() + warmUpMs;
    while (rates.length < reads) {
      const from = performance.now();
      const data = await firstValueFrom(bulk.read());
      if (from >= warmFrom) rates.push(data.length / (performance.now() - from) / 1000);
      checkedNumber(data, expected);
    }
    return rates;
  });
  return [result(`${name}, channel reads`, 'MB/s', rates)];
}

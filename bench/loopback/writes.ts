import { defer, firstValueFrom, ignoreElements, merge, tap } from 'rxjs';
import type { BedKind } from '../bed/bed.js';
import { checkedNumber, numberedFrame, RAW_BYTES } from '../bed/frames.js';
import type { Pace } from '../pace.js';
import { latency, result, type Result } from '../result.js';
import { withCamera } from './with-camera.js';
import { writeLatencies } from './write-latency.js';

/** Small writes, alone and beside a stream of large frames. */
export async function writes(kind: BedKind, pace: Pace): Promise<Result[]> {
  const [idle, streaming] = await withCamera(kind, { frameBytes: RAW_BYTES }, {}, async (camera) => {
    await writeLatencies(camera, Math.ceil(pace.writes / 10));
    const alone = await writeLatencies(camera, pace.writes);
    const expected = numberedFrame(RAW_BYTES)(0);
    const streaming = camera.frames$.pipe(
      tap(({ data }) => checkedNumber(data, expected)),
      ignoreElements(),
    );
    const beside = await firstValueFrom(
      merge(
        streaming,
        defer(() => writeLatencies(camera, pace.writes)),
      ),
    );
    return [alone, beside];
  });
  const alone = latency(`${kind.name}, write of 16 B, idle`, idle);
  const beside = latency(`${kind.name}, write of 16 B, while raw VGA streams`, streaming);
  const ratio = (percentile: 'median' | 'p99') => [(beside[percentile] ?? NaN) / (alone[percentile] ?? NaN)];
  const name = `${kind.name}, write of 16 B, streaming to idle`;
  return [
    alone,
    beside,
    result(`${name}, p50`, 'times', ratio('median')),
    result(`${name}, p99`, 'times', ratio('p99')),
  ];
}

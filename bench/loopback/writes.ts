import { defer, firstValueFrom, ignoreElements, merge, tap } from 'rxjs';
import type { BedKind } from '../bed/bed.js';
import { checkedNumber, numberedFrame, RAW_BYTES } from '../bed/frames.js';
import type { Pace } from '../pace.js';
import { latency, result, type Result } from '../result.js';
import { withCamera } from './with-camera.js';
import { writeLatencies } from './write-latency.js';

/** Both kinds in turn, so that what the machine does meanwhile, and how warm the programs are, falls on both. */
const ROUNDS = 5;

/** Small writes, alone and beside a stream of large frames. */
export async function writes(kind: BedKind, pace: Pace): Promise<Result[]> {
  const idle: number[] = [];
  const streaming: number[] = [];
  const each = Math.ceil(pace.writes / ROUNDS);
  await withCamera(kind, { frameBytes: RAW_BYTES }, {}, async (camera) => {
    const expected = numberedFrame(RAW_BYTES)(0);
    const stream$ = camera.frames$.pipe(
      tap(({ data }) => checkedNumber(data, expected)),
      ignoreElements(),
    );
    const beside = () =>
      firstValueFrom(
        merge(
          stream$,
          defer(() => writeLatencies(camera, each)),
        ),
      );
    await writeLatencies(camera, each);
    await beside();
    for (let round = 0; round < ROUNDS; round++) {
      idle.push(...(await writeLatencies(camera, each)));
      streaming.push(...(await beside()));
    }
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

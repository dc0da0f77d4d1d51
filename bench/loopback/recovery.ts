import { strictEqual } from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { concat, lastValueFrom, toArray } from 'rxjs';
import type { BedKind } from '../bed/bed.js';
import type { Fault } from '../bed/one-fault.js';
import type { Pace } from '../pace.js';
import { latency, type Result } from '../result.js';
import { withCamera } from './with-camera.js';

/** For what is still under way when two commands have ended. */
const SETTLE_MS = 10;
const BULK_BYTES = 1000;

/**
 * How long two small commands take, one behind the other, when one packet of the first is lost or damaged: two,
 * because a lost ACK holds up the second.
 */
export function recovery(kind: BedKind, { recoveries }: Pace): Promise<Result[]> {
  return withCamera(kind, { frameBytes: BULK_BYTES, faults: {} }, {}, async (camera, bed) => {
    const bulk = camera.channel('bulk');
    const results: Result[] = [];
    for (const fault of FAULTS) {
      const latencies: number[] = [];
      for (let i = 0; i < recoveries; i++) {
        await pause(SETTLE_MS);
        await bed.arm(fault);
        const from = performance.now();
        const sizes = await lastValueFrom(concat(bulk.size(), bulk.size()).pipe(toArray()));
        latencies.push(performance.now() - from);
        strictEqual(sizes.join(), [BULK_BYTES, BULK_BYTES].join());
      }
      results.push(latency(`${kind.name}, two commands, ${fault === 'none' ? 'clean' : fault}`, latencies));
    }
    return results;
  });
}

const FAULTS: readonly Fault[] = ['none', 'lost reply', 'damaged reply', 'lost command', 'lost ACK'];

import type { FaultyOptions } from 'openmv-rx/testing';
import type { BedKind } from '../bed/bed.js';
import { JPEG_BYTES } from '../bed/frames.js';
import type { Pace } from '../pace.js';
import { result, type Step } from '../result.js';
import { frameRate } from './frame-rate.js';
import { LOCK_LIMIT } from './streams.js';
import { withCamera } from './with-camera.js';

/** Frames of 20 KB with acks on, while what either end writes, a packet as a rule, is lost and damaged. */
export function* faultyFrames(kind: BedKind, { warmUpMs, faultyStreamMs }: Pace): Generator<Step> {
  let clean: number | undefined;
  for (const [what, faults] of FAULTS) {
    yield async () => {
      const { rates, mean, repeats } = await withCamera(kind, { frameBytes: JPEG_BYTES, faults }, {}, (camera) =>
        frameRate(camera, JPEG_BYTES, warmUpMs, faultyStreamMs),
      );
      clean ??= mean;
      const name = `${kind.name}, 20 KB, ${what}`;
      const note = repeats > 0 ? `${repeats} frames came twice` : LOCK_LIMIT;
      return [
        { ...result(name, 'frames/s', rates, note), mean },
        result(`${name}, mean to clean`, 'times', [mean / clean]),
      ];
    };
  }
}

const FAULTS: readonly (readonly [what: string, faults: FaultyOptions])[] = [
  ['clean', {}],
  ['1 % damage', { damage: 0.01 }],
  ['1 % loss', { loss: 0.01 }],
  ['10 % of both', { damage: 0.1, loss: 0.1 }],
];

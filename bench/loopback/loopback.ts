import type { BedKind } from '../bed/bed.js';
import { JPEG_BYTES, RAW_BYTES } from '../bed/frames.js';
import type { Pace } from '../pace.js';
import type { Step } from '../result.js';
import { bulkReads } from './bulk-reads.js';
import { streams } from './streams.js';
import { writes } from './writes.js';

/** A host and a camera, whole, over one kind of way. */
export function* loopback(kind: BedKind, pace: Pace): Generator<Step> {
  for (const [size, frameBytes] of SIZES) {
    for (const ack of [true, false]) {
      const name = `${kind.name}, ${size}, acks ${ack ? 'on' : 'off'}`;
      yield () => streams(kind, name, frameBytes, ack, pace);
      yield () => bulkReads(kind, name, frameBytes, ack, pace);
    }
  }
  yield () => writes(kind, pace);
}

const SIZES = [
  ['20 KB', JPEG_BYTES],
  ['raw VGA', RAW_BYTES],
] as const;

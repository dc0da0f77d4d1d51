import { memoryBed } from '../bed/memory-bed.js';
import { ptyBed, whyNoPty } from '../bed/pty-bed.js';
import { faultyFrames } from '../loopback/faulty-frames.js';
import { recovery } from '../loopback/recovery.js';
import type { Pace } from '../pace.js';
import type { Step } from '../result.js';

/** What a bad cable costs: frames beside the clean rate of the same run, and how soon one fault is made good. */
export function* faults(pace: Pace): Generator<Step> {
  yield* faultyFrames(memoryBed, pace);
  yield () => recovery(memoryBed, pace);
  const skipped = whyNoPty();
  if (skipped === undefined) {
    yield* faultyFrames(ptyBed, pace);
    yield () => recovery(ptyBed, pace);
  } else yield () => Promise.resolve([{ skipped }]);
}

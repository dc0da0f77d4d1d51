import { whyNoPty } from '../bed/pty-bed.js';
import type { Pace } from '../pace.js';
import type { Step } from '../result.js';
import { acknowledgedWrites } from '../serial/acknowledged-writes.js';
import { echoes } from '../serial/echoes.js';
import { rawReads } from '../serial/raw-reads.js';

/** The two ways to read and write a serial port against each other, over a real tty. */
export function* serial(pace: Pace): Generator<Step> {
  const skipped = whyNoPty();
  if (skipped !== undefined) {
    yield () => Promise.resolve([{ skipped }]);
    return;
  }
  yield () => echoes(pace);
  yield () => acknowledgedWrites(pace);
  for (const ack of [true, false]) yield () => rawReads(ack, pace);
}

import { ptyBed, whyNoPty } from '../bed/pty-bed.js';
import { loopback } from '../loopback/loopback.js';
import type { Pace } from '../pace.js';
import type { Step } from '../result.js';

/** A real tty between two processes, as a camera on USB is one, but for the USB. */
export function* pty(pace: Pace): Generator<Step> {
  const skipped = whyNoPty();
  if (skipped === undefined) yield* loopback(ptyBed, pace);
  else yield () => Promise.resolve([{ skipped }]);
}

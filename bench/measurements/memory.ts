import { memoryBed } from '../bed/memory-bed.js';
import { loopback } from '../loopback/loopback.js';
import type { Pace } from '../pace.js';
import type { Step } from '../result.js';

/** Both ends in one process: what the library itself takes, of a host and of a camera. */
export function memory(pace: Pace): Iterable<Step> {
  return loopback(memoryBed, pace);
}

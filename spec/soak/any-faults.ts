import { Trial } from '../properties/link-trial.js';
import type { Figures } from './main.js';

/** The trials of the link with other seeds than the specs have, and longer. Prints the report of each that failed. */
export function* anyFaults(seeds: string): Generator<Figures> {
  const [first = 1, last = first] = seeds.split('-').map(Number);
  const outcomes: Record<string, number> = {};
  const failed: number[] = [];
  for (let seed = first; seed <= last; seed++) {
    const trial = new Trial({ seed, faultyMs: 6000 }).run();
    for (const [outcome, count] of Object.entries(trial.outcomes()))
      outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
    if (trial.broken().length === 0) continue;
    failed.push(seed);
    console.error(trial.report());
  }
  yield { name: 'any-faults', held: failed.length === 0, ...{ seeds, failed, outcomes } };
}

import { left } from '../properties/subscription-trial.js';
import type { Figures } from './main.js';

/** Programs that subscribe and unsubscribe in any order, with other seeds than the specs have. */
export function* subscriptions(seeds: string): Generator<Figures> {
  const [first = 1, last = first] = seeds.split('-').map(Number);
  const failed: string[] = [];
  for (let seed = first; seed <= last; seed++)
    for (const takesFrames of [true, false]) {
      const { locked, guarded, enabled, wanted, timers } = left(seed, takesFrames);
      const isRight = takesFrames ? enabled || !wanted : enabled === wanted;
      if (locked || guarded || timers > 0 || !isRight) failed.push(`${seed}${takesFrames ? ' with frames' : ''}`);
    }
  yield { name: 'subscriptions', held: failed.length === 0, ...{ seeds, failed } };
}

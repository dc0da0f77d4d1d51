import { append } from '../scenarios/faults/appending.js';
import type { Figures } from './main.js';

/** Small writes to a channel that appends, under 2 % loss and 2 % damage of packets in both directions. */
export function* exactlyOnce(writes: number, seed: number): Generator<Figures> {
  for (const acks of [true, false])
    for (const strikes of ['anywhere', 'payloads'] as const) {
      const tally = append(writes, acks, { loss: 0.02, damage: 0.02, delay: 0.5 }, seed, strikes);
      const unknown = (tally.ended['OUTCOME_UNKNOWN'] ?? 0) / writes;
      const held = tally.wrong === 0 && unknown <= (strikes === 'payloads' ? 0.025 : 0.045);
      yield { name: 'exactly-once', held, ...{ writes, acks, strikes, seed, unknown, ...tally } };
    }
}

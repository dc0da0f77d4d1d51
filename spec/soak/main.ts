import { parseArgs } from 'node:util';
import { anyFaults } from './any-faults.js';
import { exactlyOnce } from './exactly-once.js';
import { late } from './late.js';
import { longLife } from './long-life.js';
import { lossless } from './lossless.js';
import { megabyte } from './megabyte.js';
import { subscriptions } from './subscriptions.js';

/** What a long run reports: one line of JSON, and whether all that must hold did. */
export interface Figures {
  readonly name: string;
  readonly held: boolean;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '31-1000' },
    hours: { type: 'string', default: '1' },
    writes: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '60' },
    frames: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '20' },
  },
});
const seed = Number(values.seed);
const runs: Record<string, () => Iterable<Figures> | AsyncIterable<Figures>> = {
  'exactly-once': () => exactlyOnce(Number(values.writes), seed),
  'any-faults': () => anyFaults(values.seeds),
  subscriptions: () => subscriptions(values.seeds),
  late: () => late(Number(values.seconds), Number(values.runs)),
  lossless: () => lossless(Number(values.frames)),
  megabyte: () => megabyte(Number(values.runs)),
  'long-life': () => longLife(Number(values.hours), seed),
};

for (const name of positionals.length > 0 ? positionals : Object.keys(runs)) {
  for await (const figures of runs[name]!()) {
    console.log(JSON.stringify(figures));
    if (!figures.held) process.exitCode = 1;
  }
}

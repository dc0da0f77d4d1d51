import { Bench } from 'tinybench';
import type { Pace } from './pace.js';

/** How long one run of `work` takes: a sample in milliseconds of each, warmed up. What it throws is thrown. */
export async function repeated(pace: Pace, work: () => void): Promise<readonly number[]> {
  const bench = new Bench({
    time: pace.taskMs,
    warmupTime: pace.taskMs / 4,
    iterations: 0,
    warmupIterations: 0,
    retainSamples: true,
    throws: true,
  });
  const [task] = (await bench.add('work', work).run()) as [(typeof bench.tasks)[number]];
  const { result } = task;
  if (!('latency' in result) || result.latency.samples === undefined) throw new Error(`no samples: ${result.state}`);
  return result.latency.samples;
}

/** One figure, with how far it can be trusted. */
export interface Result {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  /** The spread: nine of ten samples lie between these. */
  readonly p5: number;
  readonly p95: number;
  /** Of latencies, whose tail is what hurts. */
  readonly p99?: number;
  /** Of rates with interruptions, which a median does not see. */
  readonly mean?: number;
  /** Samples. */
  readonly n: number;
  /** What the figure is to be read with. */
  readonly note?: string;
}

/** A figure, or why there is none. */
export type Entry = Result | { readonly skipped: string };

/** A part of a measurement that can fail by itself. */
export type Step = () => Promise<readonly Entry[]>;

export function result(name: string, unit: string, samples: readonly number[], note?: string): Result {
  const sorted = [...samples].sort((a, b) => a - b);
  const [p5, median, p95] = [0.05, 0.5, 0.95].map((share) => quantile(sorted, share)) as [number, number, number];
  return { name, unit, median, p5, p95, n: samples.length, ...(note !== undefined && { note }) };
}

/** A result that is told with its 99th percentile. */
export function latency(name: string, samplesMs: readonly number[], note?: string): Result {
  const sorted = [...samplesMs].sort((a, b) => a - b);
  return { ...result(name, 'ms', samplesMs, note), p99: quantile(sorted, 0.99) };
}

function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}

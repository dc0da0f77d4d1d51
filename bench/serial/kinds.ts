import type { SerialPortOptions } from 'openmv-rx/serialport';
import { latency, result, type Result } from '../result.js';

/** How the port is read and written: what is measured, and what it is measured against. */
export const KINDS = ['polled', 'stock'] as const satisfies readonly SerialPortOptions['io'][];
export type Kind = (typeof KINDS)[number];

/** Both kinds in turn, so that what the machine does meanwhile, and how warm the programs are, falls on both. */
export const ROUNDS = 5;

/** Latencies of both, and how many times those of the one are those of the other. */
export function compared(name: string, samples: Readonly<Record<Kind, readonly number[]>>): Result[] {
  const results = KINDS.map((kind) => latency(`${kind}, ${name}`, samples[kind]));
  const [polled, stock] = results as [Result, Result];
  const ratio = (percentile: 'median' | 'p99'): number[] => [(polled[percentile] ?? NaN) / (stock[percentile] ?? NaN)];
  return [
    ...results,
    result(`polled to stock, ${name}, p50`, 'times', ratio('median')),
    result(`polled to stock, ${name}, p99`, 'times', ratio('p99')),
  ];
}

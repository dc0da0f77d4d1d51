import type { MemoryPool } from '../wire/payloads/index.js';
import type { PoolSize } from './board-presets.js';

/** What of a UMA pool is never given back, in bytes. */
const PERSISTENT = 4096;
/** A pool fills for so many pictures; then what was used for them is given back. */
const ROUND = 50;

/**
 * A camera's memory after so many pictures: each takes some of every pool, until what they took is collected. Totals
 * stay, used and free are the total, and the peak, which the interpreter's heap does not know, never falls.
 */
export function memoryAfter(pools: readonly PoolSize[], pictures: number): MemoryPool[] {
  return pools.map(({ type, flags, total }) => {
    const persistent = type === 'uma' ? Math.min(PERSISTENT, total) : 0;
    const step = Math.floor((total - persistent) / (2 * ROUND));
    const used = persistent + step * (1 + (pictures % ROUND));
    const peak = type === 'uma' ? persistent + step * Math.min(1 + pictures, ROUND) : 0;
    return { type, flags, total, used, free: total - used, persistent, peak };
  });
}

import { memoryAfter } from '../../lib/virtual/board-presets.js';

const pools = [
  { type: 'gc', flags: 0, total: 312_000 },
  { type: 'uma', flags: 5, total: 1_048_576 },
  { type: 'uma', flags: 0, total: 100 },
] as const;

describe('the memory of a virtual camera', () => {
  const pictures = Array.from({ length: 300 }, (_, count) => memoryAfter(pools, count));

  it('has the totals and flags of its pools, and the parts are the whole', () => {
    for (const seen of pictures) {
      expect(seen.map(({ type, flags, total }) => ({ type, flags, total }))).toEqual(pools);
      for (const { used, free, total } of seen) expect([used + free, free >= 0 && used >= 0]).toEqual([total, true]);
    }
  });

  it('is taken by pictures and given back', () => {
    const used = pictures.map(([gc]) => gc!.used);
    expect(used[1]).toBeGreaterThan(used[0]!);
    expect(new Set(used).size).toBeGreaterThan(10);
    expect(used.some((value, index) => index > 0 && value < used[index - 1]!)).toBe(true);
  });

  it('has a peak that never falls, and is never below what is in use', () => {
    const uma = pictures.map((seen) => seen[1]!);
    uma.forEach(({ peak, used, persistent }, index) => {
      expect(peak).toBeGreaterThanOrEqual(Math.max(used, uma[index - 1]?.peak ?? 0));
      expect(used).toBeGreaterThanOrEqual(persistent);
    });
    expect(uma.at(-1)!.peak).toBe(Math.max(...uma.map(({ used }) => used)));
  });

  it('is the same after the same pictures', () => {
    expect(memoryAfter(pools, 77)).toEqual(memoryAfter(pools, 77));
  });
});

import fc from 'fast-check';
import { toMilliseconds, toNanoseconds } from '../../../lib/recording/format/nanoseconds.js';

describe('nanoseconds', () => {
  it('of milliseconds are exact, including fractions', () => {
    expect(toNanoseconds(0)).toBe(0n);
    expect(toNanoseconds(1234.5)).toBe(1_234_500_000n);
    expect(toNanoseconds(1_763_640_000_123.25)).toBe(1_763_640_000_123_250_000n);
    expect(toMilliseconds(1_763_640_000_123_250_000n)).toBe(1_763_640_000_123.25);
  });

  it('return the milliseconds of this century unchanged', () => {
    const now = fc.double({ min: 1e12, max: 4e12, noNaN: true });
    fc.assert(fc.property(now, (ms) => toMilliseconds(toNanoseconds(ms)) === ms));
  });
});

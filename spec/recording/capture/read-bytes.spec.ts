import fc from 'fast-check';
import { ReadBytes } from '../../../lib/recording/capture/capture-decoder.js';

describe('ReadBytes', () => {
  it('returns all bytes once the last missing part arrives, in any order, with overlaps and repeats, and only once', () => {
    const cuts = fc.array(fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 60 })), { maxLength: 30 });
    fc.assert(
      fc.property(cuts, (parts) => {
        const whole = Uint8Array.from({ length: 100 }, (_, at) => at);
        const reading = new ReadBytes(whole.length);
        const seen = new Set<number>();
        let given = 0;
        for (const [offset, length] of [...parts, [0, 100] as const]) {
          const part = whole.slice(offset, offset + length);
          part.forEach((byte) => seen.add(byte));
          const all = reading.add(offset, part);
          if (all === undefined) continue;
          given++;
          expect(seen.size).toBe(100);
          expect(all).toEqual(whole);
        }
        expect(given).toBe(1);
      }),
    );
  });

  it('ignores bytes after its end', () => {
    const reading = new ReadBytes(2);
    expect(reading.add(2, Uint8Array.of(9))).toBeUndefined();
    expect(reading.add(0, Uint8Array.of(1, 2, 3))).toEqual(Uint8Array.of(1, 2));
  });

  it('returns nothing for a length of 0', () => {
    expect(new ReadBytes(0).add(0, Uint8Array.of(1))).toBeUndefined();
  });
});

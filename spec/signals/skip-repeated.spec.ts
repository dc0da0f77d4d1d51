import { skipRepeated } from '../../lib/signals/skip-repeated.js';
import { describeOperator, scheduler } from '../operators/operator-contract.js';

const frame = (...bytes: number[]): { data: Uint8Array } => ({ data: Uint8Array.from(bytes) });

const frames = { a: frame(1, 2, 3), b: frame(1, 2, 4), c: frame(1, 2) };

describeOperator('skipRepeated', { operator: skipRepeated, inputs: frames, outputs: frames });

describe('skipRepeated', () => {
  it('drops a frame with the bytes of the one before, and only that', () => {
    scheduler().run(({ cold, expectObservable }) => {
      // A frame of the same bytes, and one that is nothing: x and a are equal, y is empty.
      const all = { ...frames, x: frame(1, 2, 3), y: frame(), z: frame() };
      expectObservable(cold('axxab-a-yz|', all).pipe(skipRepeated())).toBe('a---b-a-y-|', all);
    });
  });

  it.each([0, 1, 511, 512, 100_000 - 1])('sees a single byte that differs, at %d', (at) => {
    const bytes = new Uint8Array(100_000).fill(7);
    const other = bytes.slice();
    other[at] = 8;
    const all = { a: { data: bytes }, b: { data: other }, c: { data: other.slice() } };
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('abc|', all).pipe(skipRepeated())).toBe('ab-|', all);
    });
  });

  it('sees a frame that only grew', () => {
    const all = { a: frame(1, 2), b: frame(1, 2, 0), c: frame(1, 2) };
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('abc|', all).pipe(skipRepeated())).toBe('abc|', all);
    });
  });
});

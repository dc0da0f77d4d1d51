import { from } from 'rxjs';
import { throughput, type Received } from '../../lib/signals/throughput.js';
import { describeOperator } from '../operators/operator-contract.js';

const received = (bytes: number, receivedAt: number): Received => ({ data: new Uint8Array(bytes), receivedAt });

describeOperator('throughput', {
  operator: throughput,
  inputs: { a: received(1, 5), b: received(2, 5), c: received(3, 5) },
  outputs: { a: 0, b: 0, c: 0 },
});

function rates(items: readonly Received[], windowMs?: number): number[] {
  const seen: number[] = [];
  from(items)
    .pipe(throughput(windowMs === undefined ? {} : { windowMs }))
    .subscribe((rate) => seen.push(rate));
  return seen;
}

describe('throughput', () => {
  it('counts the bytes that came since the first of the window', () => {
    // The first 1000 came in a time that nobody knows: 2000 in 100 ms, then 5000 in 200 ms.
    expect(rates([received(1000, 0), received(2000, 100), received(3000, 200)])).toEqual([0, 20_000, 25_000]);
  });

  it('leaves out what came before the window', () => {
    // At 1100 the item of 0 has left the window, and its bytes were never in it; at 1600 that of 600 is the first.
    const items = [received(9, 0), received(120, 600), received(50, 1100), received(60, 1600)];
    expect(rates(items, 1000)).toEqual([0, 200, 100, 110]);
  });

  it('is that of the last two where they are further apart than the window', () => {
    expect(rates([received(9, 0), received(9, 10), received(5000, 5010)])).toEqual([0, 900, 1000]);
  });

  it('throws for a window that is no time', () => {
    expect(() => throughput({ windowMs: 0 })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});

import { from } from 'rxjs';
import { frameRate, throughput, type Received } from '../../lib/signals/rates.js';
import { describeOperator, scheduler } from '../operators/operator-contract.js';

const frame = (receivedAt: number): { receivedAt: number } => ({ receivedAt });

// Frames that arrive at one time have no rate.
describeOperator('frameRate', {
  operator: frameRate,
  inputs: { a: frame(5), b: frame(5), c: frame(5) },
  outputs: { a: 0, b: 0, c: 0 },
});

/** The rates of frames that arrive at these milliseconds. */
function frameRates(times: readonly number[], windowMs?: number): number[] {
  const seen: number[] = [];
  scheduler().run(({ cold }) => {
    const marbles = times.map((_, i) => String.fromCharCode(0x100 + i)).join('');
    const frames = Object.fromEntries(times.map((time, i) => [String.fromCharCode(0x100 + i), frame(time)]));
    cold(marbles, frames)
      .pipe(frameRate(windowMs === undefined ? {} : { windowMs }))
      .subscribe((rate) => seen.push(rate));
  });
  return seen;
}

describe('frameRate', () => {
  it('gives the rate of a steady stream from the second frame on', () => {
    expect(frameRates([0, 40, 80, 120])).toEqual([0, 25, 25, 25]);
  });

  it('measures between the first and the last frame of a second', () => {
    // At 1500 the frame of 0 has left the window. At 1600 that of 500 has, and two intervals in 600 ms are left.
    expect(frameRates([0, 500, 1000, 1500, 1600])).toEqual([0, 2, 2, 2, 2000 / 600]);
  });

  it('follows a change within the window', () => {
    const slow = Array.from({ length: 10 }, (_, i) => 100 * i);
    const fast = Array.from({ length: 31 }, (_, i) => 900 + 20 * (i + 1));
    expect(frameRates([...slow, ...fast], 500).at(-1)).toBeCloseTo(50, 9);
  });

  it('gives the rate of the last two frames if their interval exceeds the window', () => {
    expect(frameRates([0, 40, 4040, 9040])).toEqual([0, 25, 0.25, 0.2]);
  });

  it('stays right when more frames arrive in a window than it holds times for', () => {
    expect(frameRates(Array.from({ length: 5000 }, (_, i) => i / 100)).at(-1)).toBeCloseTo(100_000, 3);
  });

  it.each([0, -1, NaN])('throws for a window of %d ms', (windowMs) => {
    expect(() => frameRate({ windowMs })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});

const received = (bytes: number, receivedAt: number): Received => ({ data: new Uint8Array(bytes), receivedAt });

describeOperator('throughput', {
  operator: throughput,
  inputs: { a: received(1, 5), b: received(2, 5), c: received(3, 5) },
  outputs: { a: 0, b: 0, c: 0 },
});

function byteRates(items: readonly Received[], windowMs?: number): number[] {
  const seen: number[] = [];
  from(items)
    .pipe(throughput(windowMs === undefined ? {} : { windowMs }))
    .subscribe((rate) => seen.push(rate));
  return seen;
}

describe('throughput', () => {
  it('counts the bytes that arrived after the first item in the window', () => {
    // The first 1000 bytes took an unknown time. The rest is 2000 in 100 ms, then 5000 in 200 ms.
    expect(byteRates([received(1000, 0), received(2000, 100), received(3000, 200)])).toEqual([0, 20_000, 25_000]);
  });

  it('leaves out items before the window', () => {
    // At 1100 the item of 0 has left the window. At 1600 that of 600 is the first, and its bytes don't count.
    const items = [received(9, 0), received(120, 600), received(50, 1100), received(60, 1600)];
    expect(byteRates(items, 1000)).toEqual([0, 200, 100, 110]);
  });

  it('gives the rate of the last two items if their interval exceeds the window', () => {
    expect(byteRates([received(9, 0), received(9, 10), received(5000, 5010)])).toEqual([0, 900, 1000]);
  });

  it('throws for a window of 0 ms', () => {
    expect(() => throughput({ windowMs: 0 })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});

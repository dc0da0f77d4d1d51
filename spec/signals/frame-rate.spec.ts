import { frameRate } from '../../lib/signals/frame-rate.js';
import { describeOperator, scheduler } from '../operators/operator-contract.js';

const frame = (receivedAt: number): { receivedAt: number } => ({ receivedAt });

// Of frames that came at one time there is no rate.
describeOperator('frameRate', {
  operator: frameRate,
  inputs: { a: frame(5), b: frame(5), c: frame(5) },
  outputs: { a: 0, b: 0, c: 0 },
});

/** What it says to frames that arrive at these milliseconds. */
function rates(times: readonly number[], windowMs?: number): number[] {
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
  it('is that of a steady stream from the second frame on', () => {
    expect(rates([0, 40, 80, 120])).toEqual([0, 25, 25, 25]);
  });

  it('is taken between the first and the last frame of a second', () => {
    // At 1500 the frame of 0 has left the window; at 1600 that of 500, and two intervals in 600 ms are left.
    expect(rates([0, 500, 1000, 1500, 1600])).toEqual([0, 2, 2, 2, 2000 / 600]);
  });

  it('follows a change within the window', () => {
    const slow = Array.from({ length: 10 }, (_, i) => 100 * i);
    const fast = Array.from({ length: 31 }, (_, i) => 900 + 20 * (i + 1));
    expect(rates([...slow, ...fast], 500).at(-1)).toBeCloseTo(50, 9);
  });

  it('is that of the last two frames where they are further apart than the window', () => {
    expect(rates([0, 40, 4040, 9040])).toEqual([0, 25, 0.25, 0.2]);
  });

  it('stays right, and holds no more, when frames come faster than it keeps times of', () => {
    expect(rates(Array.from({ length: 5000 }, (_, i) => i / 100)).at(-1)).toBeCloseTo(100_000, 3);
  });

  it.each([0, -1, NaN])('throws for a window of %d ms', (windowMs) => {
    expect(() => frameRate({ windowMs })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});

import { LockLimit } from '../../../lib/device/stack/device-state.js';

describe('the interval between two locks', () => {
  function at(intervalMs: number): { readonly limit: LockLimit; now: number } {
    const time = { now: 0 };
    return Object.assign(time, { limit: new LockLimit(intervalMs, { now: () => time.now }) });
  }

  it('refuses none before the first', () => {
    expect(at(10).limit.refuses).toBe(false);
  });

  it.each([
    [0, true],
    [9, true],
    [10, true],
    [10.5, false],
    [11, false],
  ])('%d ms after a lock refuses: %s (the end is within it)', (elapsed, refuses) => {
    const clock = at(10);
    clock.now = 5000;
    clock.limit.locked();
    clock.now += elapsed;
    expect(clock.limit.refuses).toBe(refuses);
  });

  it('ends when the clock is set back, and does not last until it has caught up', () => {
    const clock = at(10);
    clock.now = 3_600_000;
    clock.limit.locked();
    clock.now = 0;
    expect(clock.limit.refuses).toBe(false);
  });
});

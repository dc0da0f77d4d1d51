import { firstValueFrom, timer } from 'rxjs';
import { monotonicScheduler } from '../../lib/host/monotonic-scheduler.js';

describe('the monotonic scheduler', () => {
  it('tells the time of day', () => {
    expect(Math.abs(monotonicScheduler.now() - Date.now())).toBeLessThan(60_000);
  });

  it('goes forward when the clock on the wall is put back', () => {
    const before = monotonicScheduler.now();
    const wall = Date.now;
    Date.now = () => 0;
    const after = monotonicScheduler.now();
    Date.now = wall;
    expect(after).toBeGreaterThanOrEqual(before);
  });

  it('serves the timers of RxJS, and is finer than a millisecond', async () => {
    const from = monotonicScheduler.now();
    await firstValueFrom(timer(10, monotonicScheduler));
    const passed = monotonicScheduler.now() - from;
    expect(passed).toBeGreaterThan(8);
    expect(Number.isInteger(passed)).toBe(false);
  });
});

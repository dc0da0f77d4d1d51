import { after } from '../../../lib/recording/record/after.js';
import { PlatformClock } from '../platform-clock.js';

const DAY_MS = 86_400_000;

describe('after', () => {
  it.each([0, 1, 1000, 24 * DAY_MS, 25 * DAY_MS, 400 * DAY_MS])('emits after %d ms and completes', (ms) => {
    const clock = new PlatformClock();
    const told: string[] = [];
    after(ms, clock).subscribe({ next: () => told.push('next'), complete: () => told.push('complete') });
    clock.pass(ms - 1);
    expect(told).toEqual([]);
    clock.pass(1);
    expect(told).toEqual(['next', 'complete']);
  });

  it('never emits for an infinite time, and starts no timer', () => {
    const clock = new PlatformClock();
    const told: string[] = [];
    after(Infinity, clock).subscribe({ next: () => told.push('next'), complete: () => told.push('complete') });
    expect(clock.actions).toHaveLength(0);
    expect(told).toEqual([]);
  });

  it('cancels its timer on unsubscribe', () => {
    const clock = new PlatformClock();
    const told: string[] = [];
    const waiting = after(100 * DAY_MS, clock).subscribe(() => told.push('next'));
    clock.pass(50 * DAY_MS);
    waiting.unsubscribe();
    clock.pass(100 * DAY_MS);
    expect(told).toEqual([]);
  });
});

import { firstValueFrom, timer } from 'rxjs';
import { followingClock, monotonicScheduler, steadied, timeOfDay } from '../../lib/host/monotonic-scheduler.js';

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

/** A clock over two that the spec sets, read every 10 ms. */
class Clocks {
  steady = 1_000_000;
  wall = 1_000_000;
  readonly read = followingClock(
    () => this.steady,
    () => this.wall,
  );
  shown = this.read();

  /** Lets time pass, in which the clock must never go back. */
  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 10) {
      this.steady += 10;
      this.wall += 10;
      const shown = this.read();
      expect(shown).toBeGreaterThan(this.shown);
      this.shown = shown;
    }
  }
}

describe('a clock that follows the one on the wall', () => {
  it('passes evenly while the wall clock only differs by chance', () => {
    const clocks = new Clocks();
    for (let at = 1; at <= 100; at++) {
      clocks.wall += ((at * 7) % 15) - 7;
      clocks.pass(10);
      expect(clocks.shown).toBe(1_000_000 + 10 * at);
      clocks.wall = clocks.steady;
    }
  });

  it.each([500, 3000, 3_600_000, 50 * 365 * 86_400_000])(
    'is there within 5 s when it is set forward by %d ms',
    (ms) => {
      const clocks = new Clocks();
      clocks.wall += ms;
      clocks.pass(5000);
      expect(Math.abs(clocks.shown - clocks.wall)).toBeLessThan(21);
    },
  );

  it.each([500, 4000])('goes on, and is there within 5 s, when it is set back by %d ms', (ms) => {
    const clocks = new Clocks();
    clocks.wall -= ms;
    clocks.pass(5000);
    expect(Math.abs(clocks.shown - clocks.wall)).toBeLessThan(21);
  });

  it('shows the time of day when it is first read long after the program began', () => {
    expect(
      followingClock(
        () => 5,
        () => 1_000_000,
      )(),
    ).toBe(1_000_000);
    expect(
      followingClock(
        () => 1_000_000,
        () => 5,
      )(),
    ).toBe(5);
  });
});

describe('a steadied scheduler', () => {
  it('measures durations that no step of the wall clock touches, and tells the time of day that it touches', () => {
    const scheduler = steadied();
    expect(steadied(monotonicScheduler)).toBe(scheduler);
    const wall = Date.now;
    const [before, dayBefore] = [scheduler.now(), timeOfDay(scheduler)];
    Date.now = () => wall() + 60_000;
    const [after, dayAfter] = [scheduler.now(), timeOfDay(scheduler)];
    Date.now = wall;
    expect(after - before).toBeLessThan(30_000);
    expect(dayAfter - dayBefore).toBeGreaterThan(30_000);
  });
});

import { ClockEstimator } from '../../lib/signals/clock-estimator.js';
import { random } from '../wire/random.js';

interface Trial {
  readonly seconds: number;
  /** By how many millionths the camera's clock is too fast. */
  readonly driftPpm?: number;
  /** The delay of a reading, in milliseconds. */
  readonly delay?: (index: number) => number;
  readonly wrapsAt?: number;
  readonly bootUs?: number;
}

/** The host's time of the camera's start; a number that doubles have to work for. */
const STARTED_MS = 1_750_000_000_000;

/** 25 readings a second, as frames have them, and the largest error of the last second's translations. */
function trial({ seconds, driftPpm = 0, delay = () => 0, wrapsAt = 2 ** 32, bootUs = 0 }: Trial) {
  const clock = new ClockEstimator({ wrapsAt });
  let worstMs = 0;
  for (let index = 0; index < 25 * seconds; index++) {
    const sentAt = STARTED_MS + 40 * index;
    const us = Math.round(bootUs + 40_000 * index * (1 + driftPpm / 1e6)) % wrapsAt;
    clock.add(us, sentAt + delay(index));
    if (index >= 25 * (seconds - 1)) worstMs = Math.max(worstMs, Math.abs((clock.toHostMs(us) as number) - sentAt));
  }
  return { clock, worstMs, driftPpm: clock.estimate?.driftPpm as number };
}

describe('ClockEstimator', () => {
  it('knows nothing before the first reading', () => {
    const clock = new ClockEstimator();
    expect([clock.estimate, clock.toHostMs(5)]).toEqual([undefined, undefined]);
  });

  it('knows the offset from the first reading on', () => {
    const clock = new ClockEstimator();
    clock.add(2_000_000, 10_000);
    expect(clock.estimate).toEqual({ offsetMs: 8000, driftPpm: 0 });
    expect([clock.toHostMs(2_000_000), clock.toHostMs(2_500_000), clock.toHostMs(1_999_000)]).toEqual([
      10_000, 10_500, 9999,
    ]);
  });

  it('goes by the reading that was delayed least', () => {
    const clock = new ClockEstimator();
    clock.add(1_000_000, 5000.4);
    clock.add(1_040_000, 5040.2);
    clock.add(1_080_000, 5095);
    expect(clock.toHostMs(1_000_000)).toBeCloseTo(5000.2, 6);
    expect(clock.toHostMs(1_080_000)).toBeCloseTo(5080.2, 6);
  });

  it.each([-300, -20, 0, 50, 300])('finds a drift of %d ppm through jitter', (driftPpm) => {
    const next = random(driftPpm);
    // Some 2 ms, a tenth of them up to 50 ms: a busy host.
    const delay = (): number => 0.2 + 2 * next() + (next() < 0.1 ? 50 * next() : 0);
    const found = trial({ seconds: 90, driftPpm, delay });
    expect(Math.abs(found.driftPpm - driftPpm)).toBeLessThan(10);
    expect(found.worstMs).toBeLessThan(0.6);
  });

  it('is exact where nothing jitters', () => {
    const found = trial({ seconds: 60, driftPpm: 100 });
    expect(found.driftPpm).toBeCloseTo(100, 1);
    expect(found.worstMs).toBeLessThan(0.01);
  });

  it('takes no jitter for a drift while it has seen little', () => {
    expect(trial({ seconds: 4, delay: (index) => index % 7 }).driftPpm).toBe(0);
  });

  it.each([2 ** 30, 2 ** 32])('undoes the wrapping of a count of %d', (wrapsAt) => {
    const found = trial({ seconds: 60, wrapsAt, bootUs: wrapsAt - 30_000_000, driftPpm: 40 });
    expect(found.driftPpm).toBeCloseTo(40, 1);
    expect(found.worstMs).toBeLessThan(0.01);
  });

  it('undoes a wrap that nobody saw, and one behind the newest reading', () => {
    const wrapsAt = 2 ** 30;
    const clock = new ClockEstimator({ wrapsAt });
    clock.add(0, 0);
    const pauseMs = 3.25 * (wrapsAt / 1000);
    clock.add(0.25 * wrapsAt, pauseMs);
    expect(clock.estimate?.offsetMs).toBeCloseTo(0, 6);
    clock.add(10_000, (4 * wrapsAt) / 1000 + 10);
    expect(clock.toHostMs(wrapsAt - 5000)).toBeCloseTo((4 * wrapsAt) / 1000 - 5, 6);
  });

  it('stays right through seconds in which everything comes late', () => {
    const delay = (index: number): number => (index > 500 && index < 700 ? 300 : 1);
    const found = trial({ seconds: 40, delay });
    expect(found.worstMs).toBeLessThan(1.1);
    expect(Math.abs(found.driftPpm)).toBeLessThan(1);
  });

  it('does not take a few very late readings for a camera that was started anew', () => {
    const delay = (index: number): number => (index % 100 < 7 && index > 0 ? 5000 : 0);
    expect(trial({ seconds: 20, delay }).worstMs).toBeLessThan(0.01);
  });

  it('learns anew when the camera was started anew', () => {
    const clock = new ClockEstimator();
    for (let index = 0; index < 500; index++) clock.add(40_000 * index, 100 + 40 * index);
    for (let index = 0; index < 8; index++) clock.add(40_000 * index, 50_000 + 40 * index);
    expect(clock.toHostMs(0)).toBeCloseTo(50_000, 6);
    expect(clock.estimate).toMatchObject({ driftPpm: 0 });
  });

  it('notices at once a clock that is ahead of what can be', () => {
    const clock = new ClockEstimator();
    for (let index = 0; index < 500; index++) clock.add(40_000 * index, 100 + 40 * index);
    clock.add(60_000_000, 20_100);
    expect(clock.estimate).toEqual({ offsetMs: 20_100 - 60_000, driftPpm: 0 });
  });

  it.each([
    [NaN, 0],
    [0, NaN],
    [Infinity, 0],
    [0, -Infinity],
  ])('throws for a reading of %d µs at %d ms', (us, ms) => {
    expect(() => new ClockEstimator().add(us, ms)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
    );
  });

  it.each([0, -1, 1.5, NaN, Infinity])('throws for a count that wraps at %d', (wrapsAt) => {
    expect(() => new ClockEstimator({ wrapsAt })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
    );
  });
});

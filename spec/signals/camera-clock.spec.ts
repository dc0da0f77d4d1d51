import fc from 'fast-check';
import { from } from 'rxjs';
import { cameraClock, ClockEstimator, lineBelow, type Line, type Point } from '../../lib/signals/camera-clock.js';
import { describeOperator, scheduler } from '../operators/operator-contract.js';
import { random } from '../wire/random.js';

interface Stamped {
  readonly us: number;
  readonly receivedAt: number;
}

const stamped = (us: number, receivedAt: number): Stamped => ({ us, receivedAt });
const clock = { offsetMs: 7, driftPpm: 0 };

// Readings without jitter: each translates to its arrival time.
const inputs = { a: stamped(1000, 8), b: stamped(2000, 9), c: stamped(3000, 10) };
describeOperator('cameraClock', {
  operator: () => cameraClock<Stamped>({ cameraUs: ({ us }) => us }),
  inputs,
  outputs: {
    a: { item: inputs.a, sentAt: 8, clock },
    b: { item: inputs.b, sentAt: 9, clock },
    c: { item: inputs.c, sentAt: 10, clock },
  },
});

describe('cameraClock', () => {
  it('removes the jitter of arrival from the times of items', () => {
    const seen: number[] = [];
    from([stamped(0, 100), stamped(40_000, 140), stamped(80_000, 199), stamped(120_000, 220)])
      .pipe(cameraClock({ cameraUs: ({ us }) => us }))
      .subscribe(({ sentAt }) => seen.push(sentAt));
    expect(seen).toEqual([100, 140, 180, 220]);
  });

  it('takes the times from functions', () => {
    const seen: number[] = [];
    from([
      { count: 2 ** 30 - 1000, at: 5 },
      { count: 1000, at: 7.5 },
    ])
      .pipe(cameraClock({ cameraUs: ({ count }) => count, receivedAt: ({ at }) => at, wrapsAt: 2 ** 30 }))
      .subscribe(({ sentAt }) => seen.push(sentAt));
    expect(seen[0]).toBe(5);
    expect(seen[1]).toBeCloseTo(7, 6);
  });

  it('errors for NaN as a time, and unsubscribes from its source', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-', { a: stamped(NaN, 1) });
      const result = source.pipe(cameraClock({ cameraUs: ({ us }) => us }));
      const error = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as unknown;
      expectObservable(result).toBe('-#', undefined, error);
      expectSubscriptions(source.subscriptions).toBe('^!');
    });
  });

  it.each([0, -1, 1.5, NaN, Infinity])('throws for a counter that wraps at %d', (wrapsAt) => {
    expect(() => cameraClock<Stamped>({ cameraUs: ({ us }) => us, wrapsAt })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
    );
  });
});

interface Trial {
  readonly seconds: number;
  /** By how many millionths the camera's clock is too fast. */
  readonly driftPpm?: number;
  /** The delay of a reading, in milliseconds. */
  readonly delay?: (index: number) => number;
  readonly wrapsAt?: number;
  readonly bootUs?: number;
}

/** The host's time of the camera's start, large enough to strain the precision of doubles. */
const STARTED_MS = 1_750_000_000_000;

/** Adds 25 readings a second, as frames have them. Returns the largest error of the last second's translations. */
function trial({ seconds, driftPpm = 0, delay = () => 0, wrapsAt = 2 ** 32, bootUs = 0 }: Trial) {
  const clock = new ClockEstimator(wrapsAt);
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
  it('has no estimate before the first reading', () => {
    const clock = new ClockEstimator(2 ** 32);
    expect([clock.estimate, clock.toHostMs(5)]).toEqual([undefined, undefined]);
  });

  it('knows the offset from the first reading on', () => {
    const clock = new ClockEstimator(2 ** 32);
    clock.add(2_000_000, 10_000);
    expect(clock.estimate).toEqual({ offsetMs: 8000, driftPpm: 0 });
    expect([clock.toHostMs(2_000_000), clock.toHostMs(2_500_000), clock.toHostMs(1_999_000)]).toEqual([
      10_000, 10_500, 9999,
    ]);
  });

  it('follows the reading with the smallest delay', () => {
    const clock = new ClockEstimator(2 ** 32);
    clock.add(1_000_000, 5000.4);
    clock.add(1_040_000, 5040.2);
    clock.add(1_080_000, 5095);
    expect(clock.toHostMs(1_000_000)).toBeCloseTo(5000.2, 6);
    expect(clock.toHostMs(1_080_000)).toBeCloseTo(5080.2, 6);
  });

  it.each([-300, -20, 0, 50, 300])('finds a drift of %d ppm through jitter', (driftPpm) => {
    const next = random(driftPpm);
    // About 2 ms, and up to 50 ms for a tenth of them: a busy host.
    const delay = (): number => 0.2 + 2 * next() + (next() < 0.1 ? 50 * next() : 0);
    const found = trial({ seconds: 90, driftPpm, delay });
    expect(Math.abs(found.driftPpm - driftPpm)).toBeLessThan(10);
    expect(found.worstMs).toBeLessThan(0.6);
  });

  it('is exact without jitter', () => {
    const found = trial({ seconds: 60, driftPpm: 100 });
    expect(found.driftPpm).toBeCloseTo(100, 1);
    expect(found.worstMs).toBeLessThan(0.01);
  });

  it('does not mistake jitter for drift over a few seconds', () => {
    expect(trial({ seconds: 4, delay: (index) => index % 7 }).driftPpm).toBe(0);
  });

  it.each([2 ** 30, 2 ** 32])('undoes the wraps of a counter that wraps at %d', (wrapsAt) => {
    const found = trial({ seconds: 60, wrapsAt, bootUs: wrapsAt - 30_000_000, driftPpm: 40 });
    expect(found.driftPpm).toBeCloseTo(40, 1);
    expect(found.worstMs).toBeLessThan(0.01);
  });

  it('undoes wraps in a long pause, and one between a time and the newest reading', () => {
    const wrapsAt = 2 ** 30;
    const clock = new ClockEstimator(wrapsAt);
    clock.add(0, 0);
    const pauseMs = 3.25 * (wrapsAt / 1000);
    clock.add(0.25 * wrapsAt, pauseMs);
    expect(clock.estimate?.offsetMs).toBeCloseTo(0, 6);
    clock.add(10_000, (4 * wrapsAt) / 1000 + 10);
    expect(clock.toHostMs(wrapsAt - 5000)).toBeCloseTo((4 * wrapsAt) / 1000 - 5, 6);
  });

  it('stays right through seconds in which every reading is late', () => {
    const delay = (index: number): number => (index > 500 && index < 700 ? 300 : 1);
    const found = trial({ seconds: 40, delay });
    expect(found.worstMs).toBeLessThan(1.1);
    expect(Math.abs(found.driftPpm)).toBeLessThan(1);
  });

  it('does not mistake a few very late readings for a restarted camera', () => {
    const delay = (index: number): number => (index % 100 < 7 && index > 0 ? 5000 : 0);
    expect(trial({ seconds: 20, delay }).worstMs).toBeLessThan(0.01);
  });

  it('estimates again after the camera has restarted', () => {
    const clock = new ClockEstimator(2 ** 32);
    for (let index = 0; index < 500; index++) clock.add(40_000 * index, 100 + 40 * index);
    for (let index = 0; index < 8; index++) clock.add(40_000 * index, 50_000 + 40 * index);
    expect(clock.toHostMs(0)).toBeCloseTo(50_000, 6);
    expect(clock.estimate).toMatchObject({ driftPpm: 0 });
  });

  it('detects at once a clock that is too far ahead', () => {
    const clock = new ClockEstimator(2 ** 32);
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
    expect(() => new ClockEstimator(2 ** 32).add(us, ms)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
    );
  });
});

const at = ({ x, y, slope }: Line, where: number): number => y + slope * (where - x);
const points = (...all: [number, number][]): Point[] => all.map(([x, y]) => ({ x, y }));

describe('lineBelow', () => {
  it('goes through points that lie on a line', () => {
    const line = lineBelow(points([0, 5], [10, 6], [20, 7], [30, 8]), 1);
    expect([line.slope, at(line, 100)]).toEqual([0.1, 15]);
  });

  it('ignores points above it', () => {
    const line = lineBelow(points([0, 0], [1, 90], [2, 80], [3, 0.5], [4, 70], [10, 0]), 1);
    expect([line.slope, at(line, 5)]).toEqual([0, 0]);
  });

  it('is level, through the lowest point, if the points are too close together', () => {
    expect(lineBelow(points([3, 7]), 5)).toEqual({ x: 3, y: 7, slope: 0 });
    expect(lineBelow(points([0, 7], [1, 2], [4, 9]), 5)).toEqual({ x: 1, y: 2, slope: 0 });
  });

  it('lies below all points, and is the nearest such line through two points', () => {
    const some = fc.uniqueArray(
      fc.record({ x: fc.integer({ max: 1000, min: -1000 }), y: fc.integer({ min: 0, max: 99 }) }),
      {
        minLength: 2,
        maxLength: 20,
        selector: ({ x }) => x,
      },
    );
    fc.assert(
      fc.property(some, (given) => {
        const all = [...given].sort((a, b) => a.x - b.x);
        const line = lineBelow(all, 0);
        const distance = (one: Line): number => all.reduce((sum, { x, y }) => sum + y - at(one, x), 0);
        const isBelow = (one: Line): boolean => all.every(({ x, y }) => at(one, x) <= y + 1e-6);
        expect(isBelow(line)).toBe(true);
        const others = all.flatMap((from, i) =>
          all.slice(i + 1).map((to) => ({ ...from, slope: (to.y - from.y) / (to.x - from.x) })),
        );
        for (const other of others) if (isBelow(other)) expect(distance(line)).toBeLessThan(distance(other) + 1e-3);
      }),
    );
  });
});

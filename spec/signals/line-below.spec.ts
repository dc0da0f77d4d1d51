import fc from 'fast-check';
import { lineBelow, type Line, type Point } from '../../lib/signals/clock-estimator.js';

const at = ({ x, y, slope }: Line, where: number): number => y + slope * (where - x);
const points = (...all: [number, number][]): Point[] => all.map(([x, y]) => ({ x, y }));

describe('lineBelow', () => {
  it('goes through points that lie on a line', () => {
    const line = lineBelow(points([0, 5], [10, 6], [20, 7], [30, 8]), 1);
    expect([line.slope, at(line, 100)]).toEqual([0.1, 15]);
  });

  it('does not care for points above it', () => {
    const line = lineBelow(points([0, 0], [1, 90], [2, 80], [3, 0.5], [4, 70], [10, 0]), 1);
    expect([line.slope, at(line, 5)]).toEqual([0, 0]);
  });

  it('goes through the lowest point, level, where the points are too close together', () => {
    expect(lineBelow(points([3, 7]), 5)).toEqual({ x: 3, y: 7, slope: 0 });
    expect(lineBelow(points([0, 7], [1, 2], [4, 9]), 5)).toEqual({ x: 1, y: 2, slope: 0 });
  });

  it('has no point below it, and is the nearest of those through two points', () => {
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

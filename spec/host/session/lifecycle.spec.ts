import { backOff } from '../../../lib/host/session/lifecycle.js';

describe('the delay before a lost link is opened again', () => {
  const first = (count: number, random: number): number[] => {
    const delays = backOff(() => random);
    return Array.from({ length: count }, () => delays.next().value);
  };

  it('doubles from 100 ms to 2 s', () => {
    expect(first(7, 0)).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
  });

  it('is up to a fifth longer', () => {
    expect(first(2, 1)).toEqual([120, 240]);
  });
});

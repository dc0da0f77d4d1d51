import { jest } from '@jest/globals';
import { OneAtATime } from '../../../lib/cli/bridge/one-at-a-time.js';

describe('OneAtATime', () => {
  let log: string[];
  let leave: Record<string, () => void>;
  let turns: OneAtATime<string>;

  beforeEach(() => {
    jest.useFakeTimers();
    [log, leave] = [[], {}];
    turns = new OneAtATime<string>(
      (one, left) => {
        log.push(`in ${one}`);
        leave[one] = left;
      },
      (one) => log.push(`away ${one}`),
    );
  });
  afterEach(() => jest.useRealTimers());

  it('lets one in', () => {
    turns.arrive('a');
    expect(log).toEqual(['in a']);
  });

  it('turns another one away, but not at once', () => {
    turns.arrive('a');
    turns.arrive('b');
    jest.advanceTimersByTime(249);
    expect(log).toEqual(['in a']);
    jest.advanceTimersByTime(1);
    expect(log).toEqual(['in a', 'away b']);
  });

  it('lets one in that waits when the other leaves, in the order in which they came', () => {
    for (const one of ['a', 'b', 'c']) turns.arrive(one);
    leave['a']!();
    expect(log).toEqual(['in a', 'in b']);
    leave['b']!();
    jest.advanceTimersByTime(1000);
    expect(log).toEqual(['in a', 'in b', 'in c']);
  });

  it('lets the next one in that comes later', () => {
    turns.arrive('a');
    leave['a']!();
    turns.arrive('b');
    expect(log).toEqual(['in a', 'in b']);
  });

  it('forgets those who wait when it is closed', () => {
    turns.arrive('a');
    turns.arrive('b');
    turns.close();
    leave['a']!();
    jest.advanceTimersByTime(1000);
    expect(log).toEqual(['in a']);
    expect(jest.getTimerCount()).toBe(0);
  });
});

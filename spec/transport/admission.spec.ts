import { jest } from '@jest/globals';
import { Admission } from '../../lib/transport/admission.js';

describe('Admission', () => {
  let log: string[];
  let leave: Record<string, () => void>;

  const admission = (limit: number): Admission<string> =>
    new Admission<string>(
      limit,
      (host, left) => {
        log.push(`admitted ${host}`);
        leave[host] = left;
      },
      (host) => log.push(`refused ${host}`),
    );

  beforeEach(() => {
    jest.useFakeTimers();
    [log, leave] = [[], {}];
  });
  afterEach(() => jest.useRealTimers());

  it('admits up to its limit at once', () => {
    const hosts = admission(2);
    for (const host of ['a', 'b', 'c']) hosts.arrive(host);
    expect(log).toEqual(['admitted a', 'admitted b']);
  });

  it('refuses a host that is one too many, but not at once', () => {
    const hosts = admission(1);
    for (const host of ['a', 'b']) hosts.arrive(host);
    jest.advanceTimersByTime(249);
    expect(log).toEqual(['admitted a']);
    jest.advanceTimersByTime(1);
    expect(log).toEqual(['admitted a', 'refused b']);
  });

  it('admits waiting hosts as others leave, in the order in which they came', () => {
    const hosts = admission(1);
    for (const host of ['a', 'b', 'c']) hosts.arrive(host);
    leave['a']!();
    expect(log).toEqual(['admitted a', 'admitted b']);
    leave['b']!();
    jest.advanceTimersByTime(1000);
    expect(log).toEqual(['admitted a', 'admitted b', 'admitted c']);
  });

  it('admits a host that comes after another one has left', () => {
    const hosts = admission(1);
    hosts.arrive('a');
    leave['a']!();
    hosts.arrive('b');
    expect(log).toEqual(['admitted a', 'admitted b']);
  });

  it('returns and forgets the waiting hosts when it is cleared', () => {
    const hosts = admission(1);
    for (const host of ['a', 'b', 'c']) hosts.arrive(host);
    expect(hosts.clear()).toEqual(['b', 'c']);
    leave['a']!();
    jest.advanceTimersByTime(1000);
    expect(log).toEqual(['admitted a']);
    expect(jest.getTimerCount()).toBe(0);
  });
});

import { profileDifference } from '../../../lib/host/profile/profile-difference.js';
import { record } from './profiles.js';

describe('profileDifference', () => {
  it('subtracts what had been counted before, and keeps the limits of the later reading', () => {
    const before = [
      record(0x101, { calls: 5, minTicks: 3, maxTicks: 9, totalTicks: 30, totalCycles: 60, events: [1, 2] }),
    ];
    const after = [
      record(0x101, { calls: 7, minTicks: 2, maxTicks: 9, totalTicks: 40, totalCycles: 85, events: [5, 2] }),
    ];
    expect(profileDifference(before, after)).toEqual([
      record(0x101, { calls: 2, minTicks: 2, maxTicks: 9, totalTicks: 10, totalCycles: 25, events: [4, 0] }),
    ]);
  });

  it('has what is new whole, and leaves out what did not run', () => {
    const before = [record(0x100, { calls: 5 }), record(0x200, { calls: 5 })];
    const after = [record(0x100, { calls: 5 }), record(0x200, { calls: 6 }), record(0x300, { calls: 9 })];
    expect(profileDifference(before, after).map(({ address, calls }) => [address, calls])).toEqual([
      [0x200, 1],
      [0x300, 9],
    ]);
  });

  it.each([
    ['a count went back', [record(0x100, { calls: 4 }), record(0x200, { calls: 9 })]],
    ['a function is gone', [record(0x200, { calls: 9 })]],
    ['everything is gone', []],
  ])('is the later reading where the profile was reset: %s', (_, after) => {
    const before = [record(0x100, { calls: 5 }), record(0x200, { calls: 5 })];
    expect(profileDifference(before, after)).toEqual(after);
  });

  it('does not care for the Thumb bit, nor for the order', () => {
    const before = [record(0x101, { calls: 1 }), record(0x200, { calls: 1 })];
    const after = [record(0x201, { calls: 2 }), record(0x100, { calls: 3 })];
    expect(profileDifference(before, after).map(({ calls }) => calls)).toEqual([1, 2]);
  });
});

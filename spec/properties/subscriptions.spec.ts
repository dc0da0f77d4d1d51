import { left } from './subscription-trial.js';

/** `SUBSCRIPTION_SEEDS=7` or `SUBSCRIPTION_SEEDS=1-500` runs other seeds; `npm run soak -- subscriptions` runs the next ones. */
const [first = 1, last = first] = (process.env['SUBSCRIPTION_SEEDS'] ?? '1-30').split('-').map(Number);

describe(`subscriptions that come and go in any order (seeds ${first} to ${last})`, () => {
  it('leave no lock and no timer, and the stream on for readFrame() and for those who are left', () => {
    for (let seed = first; seed <= last; seed++) {
      const { locked, guarded, enabled, wanted, timers } = left(seed, true);
      expect({ seed, locked, guarded, on: enabled || !wanted, timers }).toEqual({
        seed,
        locked: false,
        guarded: false,
        on: true,
        timers: 0,
      });
    }
  });

  it('leave no lock and no timer, and the stream as those want it who are left', () => {
    const kinds = { on: 0, off: 0 };
    for (let seed = first; seed <= last; seed++) {
      const { locked, guarded, enabled, wanted, timers } = left(seed, false);
      expect({ seed, locked, guarded, enabled, timers }).toEqual({
        seed,
        locked: false,
        guarded: false,
        enabled: wanted,
        timers: 0,
      });
      kinds[wanted ? 'on' : 'off']++;
    }
    if (last > first + 20) expect(Math.min(kinds.on, kinds.off)).toBeGreaterThan(0);
  });
});

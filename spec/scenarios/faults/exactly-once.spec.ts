import { append } from './appending.js';

const WRITES = 3000;

describe('small writes to a channel that appends', () => {
  describe.each([
    ['acknowledgements', true],
    ['no acknowledgements', false],
  ])('with %s', (_, acks) => {
    it.each([1, 2])(
      'are there once if they completed, at most once if nobody knows, and else not (seed %d)',
      (seed) => {
        const { ended, executed, wrong } = append(WRITES, acks, { loss: 0.02, damage: 0.02, delay: 0.5 }, seed);
        expect(wrong).toBe(0);
        expect(executed['done x1']).toBe(ended['done']);
        // One packet in 25 is bad: that of the command is made up for, that of the answer is gone.
        expect(ended['OUTCOME_UNKNOWN']).toBeGreaterThan(WRITES * 0.02);
        expect(ended['OUTCOME_UNKNOWN']).toBeLessThan(WRITES * 0.052);
        expect(Object.keys(ended).sort()).toEqual(['OUTCOME_UNKNOWN', 'done']);
      },
    );

    it('are unknown only where the answer was lost, when damage strikes payloads: an ACK has none', () => {
      const { ended, wrong } = append(WRITES, acks, { loss: 0.02, damage: 0.02, delay: 0.5 }, 1, 'payloads');
      expect(wrong).toBe(0);
      expect(ended['OUTCOME_UNKNOWN']).toBeGreaterThan(WRITES * 0.01);
      expect(ended['OUTCOME_UNKNOWN']).toBeLessThan(WRITES * 0.03);
    });

    it('are there once if they completed, on a wire that brings packets twice and out of order', () => {
      const faults = { loss: 0.05, damage: 0.05, duplicate: 0.1, reorder: 0.1, delay: 0.5, jitter: 3 };
      const { ended, wrong } = append(WRITES, acks, faults, 3);
      expect(wrong).toBe(0);
      expect(ended['done']).toBeGreaterThan(WRITES / 2);
    });
  });

  it('all complete on a wire without faults', () => {
    expect(append(WRITES, true, { delay: 0.5 }, 1).ended).toEqual({ done: WRITES });
  });
});

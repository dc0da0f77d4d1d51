import { Trial } from './link-trial.js';

/** `LINK_SEEDS=7` or `LINK_SEEDS=1-500` in the environment runs other seeds; `npm run soak -- any-faults` runs the next ones. */
const [first = 1, last = first] = (process.env['LINK_SEEDS'] ?? '1-30').split('-').map(Number);
const GROUP = 15;

/** What must hold of the link, tried with one seed after another. */
export function linkTrials(name: string, acks: boolean): void {
  describe(`the link with ${name}, under any faults and any interleaving of commands`, () => {
    const outcomes: Record<string, number> = {};

    for (let from = first; from <= last; from += GROUP) {
      const to = Math.min(last, from + GROUP - 1);
      it(`ends every command, executes none twice, keeps the data and works again (seeds ${from} to ${to})`, () => {
        for (let seed = from; seed <= to; seed++) {
          const trial = new Trial({ seed, acks }).run();
          if (trial.broken().length > 0) throw new Error(trial.report());
          for (const [outcome, count] of Object.entries(trial.outcomes()))
            outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
        }
      });
    }

    it('was put to the test: commands of every kind were done, some given up, and of some nobody knows', () => {
      for (const kind of ['read', 'pieces', 'write', 'long', 'ioctl', 'poll', 'size', 'info'])
        expect(outcomes[`${kind} done`]).toBeGreaterThan(last - first);
      expect(outcomes['long unsubscribed']).toBeGreaterThan(0);
      expect(outcomes['write OUTCOME_UNKNOWN']).toBeGreaterThan(0);
    });
  });
}

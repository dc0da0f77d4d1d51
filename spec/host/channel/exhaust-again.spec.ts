import { TestScheduler } from 'rxjs/testing';
import { exhaustAgain } from '../../../lib/host/channel/exhaust-again.js';

const marbles = (work: Parameters<TestScheduler['run']>[0]): void => {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(work);
};

describe('exhaustAgain', () => {
  it('runs the work once more for all that came while it ran', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -xxx------x---|');
      const work = cold('    --a|');
      const expected = '     ---a--a-----a-|';
      expectObservable(source.pipe(exhaustAgain(() => work))).toBe(expected);
      expectSubscriptions(work.subscriptions).toBe(['-^--!', '----^--!', '----------^--!']);
    });
  });

  it('lets the work end before it completes', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const source = hot('-x|');
      const work = cold('  ---a|');
      expectObservable(source.pipe(exhaustAgain(() => work))).toBe('----a|');
    });
  });

  it('errors with the source and with the work, and unsubscribes from the other', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-x-#');
      const work = cold('  -----');
      expectObservable(source.pipe(exhaustAgain(() => work))).toBe('---#');
      expectSubscriptions(work.subscriptions).toBe('-^-!');
      const failing = cold('   -#');
      const other = hot('-x----');
      expectObservable(other.pipe(exhaustAgain(() => failing))).toBe('--#');
      expectSubscriptions(other.subscriptions).toBe('^-!');
    });
  });

  it('stops source and work when it is unsubscribed from', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-x----');
      const work = cold('  -a---');
      expectObservable(source.pipe(exhaustAgain(() => work)), '^---!').toBe('--a---');
      expectSubscriptions(source.subscriptions).toBe('^---!');
      expectSubscriptions(work.subscriptions).toBe('-^--!');
    });
  });

  it('is silent for a source that is', () => {
    marbles(({ cold, hot, expectObservable }) => {
      expectObservable(hot('------').pipe(exhaustAgain(() => cold('a|')))).toBe('------');
      expectObservable(cold('|').pipe(exhaustAgain(() => cold('a|')))).toBe('|');
    });
  });
});

import { asyncScheduler, from, map, NEVER, of, Subject, timer } from 'rxjs';
import { keepLatest } from '../../lib/signals/keep-latest.js';
import { describeOperator, scheduler } from '../operators/operator-contract.js';

const values = { a: 'a', b: 'b', c: 'c' };

describeOperator('keepLatest, of work that ends at once', {
  operator: () => keepLatest((value: string) => of(value)),
  inputs: values,
  outputs: values,
});

describe('keepLatest', () => {
  it('keeps the newest of what comes while it works, and works on it next', () => {
    scheduler().run(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-abcd-----e---|');
      const work = cold('  ---x|');
      const result = source.pipe(keepLatest((value) => work.pipe(map(() => value))));
      expectObservable(result).toBe('----a---d----e|');
      expectSubscriptions(work.subscriptions).toBe(['-^---!', '-----^---!', '----------^---!']);
      expectSubscriptions(source.subscriptions).toBe('^-------------!');
    });
  });

  it('does the work on the last value before it completes', () => {
    scheduler().run(({ cold, hot, expectObservable }) => {
      const source = hot('-ab|');
      const result = source.pipe(keepLatest((value) => cold('---x|').pipe(map(() => value))));
      expectObservable(result).toBe('----a---b|');
    });
  });

  it('emits all that the work emits', () => {
    scheduler().run(({ cold, hot, expectObservable }) => {
      expectObservable(hot('-a---|').pipe(keepLatest(() => cold('x-y|')))).toBe('-x-y-|');
    });
  });

  it('errors at once with the source, and leaves the work and what waits', () => {
    scheduler().run(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-ab-#');
      const work = cold('  -----x|');
      expectObservable(source.pipe(keepLatest(() => work))).toBe('----#');
      expectSubscriptions(work.subscriptions).toBe('-^--!');
    });
  });

  it('errors with the work, and leaves the source', () => {
    scheduler().run(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-ab---');
      expectObservable(source.pipe(keepLatest(() => cold('--#')))).toBe('---#');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it('errors with what beginning the work throws', () => {
    const project = (): never => {
      throw new Error('thrown by project');
    };
    scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-ab');
      expectObservable(source.pipe(keepLatest(project))).toBe('-#', undefined, new Error('thrown by project'));
      expectSubscriptions(source.subscriptions).toBe('^!');
    });
  });

  it('leaves source and work when it is left', () => {
    scheduler().run(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-ab----');
      const work = cold('  -----x|');
      expectObservable(source.pipe(keepLatest(() => work)), '^---!').toBe('----');
      expectSubscriptions(source.subscriptions).toBe('^---!');
      expectSubscriptions(work.subscriptions).toBe('-^--!');
    });
  });

  it('keeps one value also of those that a subscriber causes', () => {
    const source = new Subject<number>();
    const seen: number[] = [];
    source.pipe(keepLatest((value) => of(value))).subscribe((value) => {
      seen.push(value);
      if (value === 1) for (const next of [2, 3, 4]) source.next(next);
    });
    source.next(1);
    expect(seen).toEqual([1, 4]);
  });

  it('bears a long chain of values that cause the next', () => {
    const source = new Subject<number>();
    let last = 0;
    source.pipe(keepLatest((value) => of(value))).subscribe((value) => {
      last = value;
      if (value < 100_000) source.next(value + 1);
    });
    source.next(1);
    expect(last).toBe(100_000);
  });

  it('takes Promises, as any of RxJS’ operators does', async () => {
    const seen: number[] = [];
    await new Promise<void>((complete) => {
      from([1, 2, 3])
        .pipe(keepLatest((value) => Promise.resolve(10 * value)))
        .subscribe({ next: (value) => seen.push(value), complete });
    });
    expect(seen).toEqual([10, 30]);
  });

  it('never has two pieces of work under way', () => {
    scheduler().run(({ hot, expectObservable }) => {
      let working = 0;
      const source = hot('abcdefghij|');
      const result = source.pipe(
        keepLatest((value) => {
          expect(++working).toBe(1);
          return timer(3, asyncScheduler).pipe(
            map(() => {
              working--;
              return value;
            }),
          );
        }),
      );
      expectObservable(result).toBe('---a--d--g--(j|)');
    });
  });

  it('tells of each value that it drops, so that a program can count them', () => {
    scheduler().run(({ hot, expectObservable, flush }) => {
      const dropped: string[] = [];
      const source = hot('abcdef|');
      const work = (value: string) => timer(3, asyncScheduler).pipe(map(() => value));
      expectObservable(source.pipe(keepLatest(work, { dropped: (value) => dropped.push(value) }))).toBe(
        '---a--d--(f|)',
      );
      flush();
      expect(dropped).toEqual(['b', 'c', 'e']);
    });
  });

  it('errors with what the counting throws', () => {
    scheduler().run(({ hot, expectObservable }) => {
      const fail = (): never => {
        throw new Error('no more');
      };
      const result = hot('abc|').pipe(keepLatest(() => NEVER, { dropped: fail }));
      expectObservable(result).toBe('--#', undefined, new Error('no more'));
    });
  });
});

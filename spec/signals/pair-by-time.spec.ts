import fc from 'fast-check';
import { map, NEVER, of, Subject, type Observable } from 'rxjs';
import { pairByTime } from '../../lib/signals/pair-by-time.js';
import type { Pair, Unpaired } from '../../lib/signals/time-pairing.js';
import { scheduler } from '../operators/operator-contract.js';

interface Item {
  readonly receivedAt: number;
}

type Match = Pair<Item, Item> | Unpaired<Item, Item>;

const item = (receivedAt: number): Item => ({ receivedAt });

/** `a12 b13` for a pair, `a12 alone` for one that is not. */
function told(match: Match): string {
  if (match.kind === 'pair') return `a${match.a.receivedAt} b${match.b.receivedAt}`;
  return `${match.from}${match.item.receivedAt} ${match.reason}`;
}

/** What comes of items that arrive in this order, the streams ending behind the last. */
function matches(items: readonly { at: number; of: string }[], toleranceMs: number, latenessMs = 0): string[] {
  const [a$, b$] = [new Subject<Item>(), new Subject<Item>()];
  const seen: string[] = [];
  pairByTime(a$, b$, { toleranceMs, latenessMs }).subscribe((match) => seen.push(told(match)));
  for (const { at, of } of items) (of === 'a' ? a$ : b$).next(item(at));
  a$.complete();
  b$.complete();
  return seen;
}

/** The same, of items that arrive in the order of their times. */
function inOrder(a: readonly number[], b: readonly number[], toleranceMs: number): string[] {
  const all = [...a.map((at) => ({ at, of: 'a' })), ...b.map((at) => ({ at, of: 'b' }))];
  return matches(
    all.sort((first, second) => first.at - second.at),
    toleranceMs,
  );
}

describe('pairByTime', () => {
  it('pairs each with its nearest, and tells what is left', () => {
    expect(inOrder([0, 40, 80], [1, 11, 21, 31, 41, 51, 79, 89], 10)).toEqual([
      'a0 b1',
      'b11 alone',
      'b21 alone',
      'b31 alone',
      'a40 b41',
      'b51 alone',
      'a80 b79',
      'b89 alone',
    ]);
  });

  it('lets an item be the partner of one, the nearer', () => {
    expect(inOrder([0, 8], [10], 20)).toEqual(['a0 alone', 'a8 b10']);
    expect(inOrder([9, 12], [10], 20)).toEqual(['a9 b10', 'a12 alone']);
  });

  it('does not lose a pair because the next one is nearer', () => {
    // Two cameras half a period apart: 17, 16 and 15 ms from one frame to the next of the other.
    expect(inOrder([0, 33, 66], [17, 48, 82], 20)).toEqual(['a0 b17', 'a33 b48', 'a66 b82']);
    expect(inOrder([0, 33], [17, 90], 20)).toEqual(['a0 alone', 'a33 b17', 'b90 alone']);
  });

  it('takes the earlier of two that are equally near', () => {
    expect(inOrder([8, 12], [10], 20)).toEqual(['a8 b10', 'a12 alone']);
    expect(inOrder([10], [8, 12], 20)).toEqual(['a10 b8', 'b12 alone']);
  });

  it('pairs as far apart as the tolerance, and no further', () => {
    expect(inOrder([0], [10], 10)).toEqual(['a0 b10']);
    expect(inOrder([0], [10.5], 10)).toEqual(['a0 alone', 'b10.5 alone']);
    expect(inOrder([0, 5], [0, 5], 0)).toEqual(['a0 b0', 'a5 b5']);
  });

  it('tells how far apart they are', () => {
    const seen: number[] = [];
    pairByTime(of(item(5), item(20)), of(item(3), item(21)), { toleranceMs: 10, latenessMs: Infinity }).subscribe(
      (match) => seen.push(match.kind === 'pair' ? match.differenceMs : NaN),
    );
    expect(seen).toEqual([-2, 1]);
  });

  /** As `receivedAt`, the frame in which it comes. */
  const live = (source: Observable<unknown>, now: () => number): Observable<Item> =>
    source.pipe(map(() => item(now())));

  it('emits a pair as soon as nothing nearer can come', () => {
    const test = scheduler();
    test.run(({ hot, expectObservable }) => {
      const now = () => test.now();
      const a = hot('-a---------a--', { a: 0 });
      const b = hot('---b-----b----', { b: 0 });
      const result = pairByTime(live(a, now), live(b, now), { toleranceMs: 5 }).pipe(map(told));
      // a1 and b3 are 2 apart: a nearer a would be there before 5, which b9 shows. a11 might be nearer to b9 than none.
      expectObservable(result).toBe('---------x----', { x: 'a1 b3' });
    });
  });

  it('emits a pair of equal times at once', () => {
    scheduler().run(({ hot, expectObservable }) => {
      const a = hot('-a--', { a: item(5) });
      const b = hot('--b-', { b: item(5) });
      expectObservable(pairByTime(a, b, { toleranceMs: 5 }).pipe(map(told))).toBe('--x-', { x: 'a5 b5' });
    });
  });

  it('does not wait for a stream that is silent when no neighbour can come any more', () => {
    scheduler().run(({ hot, expectObservable }) => {
      const a = hot('abc-', { a: item(0), b: item(10), c: item(21) });
      const result = pairByTime(a, NEVER as Observable<Item>, { toleranceMs: 10 }).pipe(map(told));
      expectObservable(result).toBe('-xy', { x: 'a0 alone', y: 'a10 alone' });
    });
  });

  it('waits for a stream that lags behind', () => {
    scheduler().run(({ hot, expectObservable }) => {
      const a = hot('abc--', { a: item(0), b: item(40), c: item(80) });
      const b = hot('---de', { d: item(1), e: item(41) });
      const result = (latenessMs: number) => pairByTime(a, b, { toleranceMs: 10, latenessMs }).pipe(map(told));
      const pairs = { x: 'a0 b1', y: 'a40 b41', m: 'a0 alone', n: 'a40 alone', u: 'b1 alone', v: 'b41 alone' };
      expectObservable(result(100)).toBe('---xy', pairs);
      expectObservable(result(Infinity)).toBe('---xy', pairs);
      expectObservable(result(0)).toBe('-mnuv', pairs);
    });
  });

  it('takes times from wherever they are', () => {
    const seen: unknown[] = [];
    const timeOf = ([at]: readonly [number, string]): number => at;
    const a$ = of<(readonly [number, string])[]>([1, 'a'], [100, 'b']);
    const b$ = of<(readonly [number, string])[]>([99, 'c']);
    pairByTime(a$, b$, { toleranceMs: 5, latenessMs: Infinity, timeOfA: timeOf, timeOfB: timeOf }).subscribe((match) =>
      seen.push(match.kind === 'pair' ? [match.a[1], match.b[1]] : match.item[1]),
    );
    expect(seen).toEqual(['a', ['b', 'c']]);
  });

  it('lets the oldest go when too many wait', () => {
    const a$ = new Subject<Item>();
    const seen: string[] = [];
    const options = { toleranceMs: 1000, latenessMs: Infinity, maxWaiting: 3 };
    pairByTime(a$, NEVER as Observable<Item>, options).subscribe((match) => seen.push(told(match)));
    for (let at = 0; at < 5; at++) a$.next(item(at));
    expect(seen).toEqual(['a0 crowded-out', 'a1 crowded-out']);
  });

  it.each([-1, 4, NaN, -Infinity, Infinity])('rejects an item whose time is %d behind 5, and goes on', (at) => {
    const [a$, b$] = [new Subject<Item>(), new Subject<Item>()];
    const seen: string[] = [];
    pairByTime(a$, b$, { toleranceMs: 1 }).subscribe((match) => seen.push(told(match)));
    for (const time of [5, at, 6]) a$.next(item(time));
    b$.next(item(6));
    expect(seen).toEqual([`a${at} out-of-order`, 'a5 alone', 'a6 b6']);
  });

  it('completes when a stream has ended and nothing of it waits, with what is left of the other', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const a = cold('a-|', { a: item(0) });
      const b = cold('bc---d---', { b: item(1), c: item(2), d: item(30) });
      const result = pairByTime(a, b, { toleranceMs: 10, latenessMs: 100 }).pipe(map(told));
      expectObservable(result).toBe('--(xy|)', { x: 'a0 b1', y: 'b2 alone' });
      expectSubscriptions(a.subscriptions).toBe('^-!');
      expectSubscriptions(b.subscriptions).toBe('^-!');
    });
  });

  it('waits for the partner of what waits when a stream has ended', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const a = cold('a|', { a: item(0) });
      const b = cold('----b--', { b: item(1) });
      const result = pairByTime(a, b, { toleranceMs: 10 }).pipe(map(told));
      expectObservable(result).toBe('----(x|)', { x: 'a0 b1' });
    });
  });

  it.each([
    ['never', '-', '-', '-', '^', '^'],
    ['empty and never', '--|', '-', '--|', '^-!', '^-!'],
    ['empty and empty', '--|', '---|', '--|', '^-!', '^-!'],
    ['an error of the first', '--#', '----', '--#', '^-!', '^-!'],
    ['an error of the second', '----', '--#', '--#', '^-!', '^-!'],
  ])('follows its sources: %s', (_, a$, b$, result, aSubscription, bSubscription) => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const [a, b] = [cold<Item>(a$), cold<Item>(b$)];
      expectObservable(pairByTime(a, b, { toleranceMs: 1 })).toBe(result);
      expectSubscriptions(a.subscriptions).toBe(aSubscription);
      expectSubscriptions(b.subscriptions).toBe(bSubscription);
    });
  });

  it('leaves both when it is left', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const [a, b] = [cold('-a-', { a: item(1) }), cold<Item>('---')];
      expectObservable(pairByTime(a, b, { toleranceMs: 1 }), '^--!').toBe('---');
      expectSubscriptions(a.subscriptions).toBe('^--!');
      expectSubscriptions(b.subscriptions).toBe('^--!');
    });
  });

  it('errors with what a time selector throws', () => {
    const timeOfA = (): never => {
      throw new Error('no time');
    };
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const a = cold('-a-', { a: item(1) });
      const b = cold<Item>('---');
      expectObservable(pairByTime(a, b, { toleranceMs: 1, timeOfA })).toBe('-#', undefined, new Error('no time'));
      expectSubscriptions(b.subscriptions).toBe('^!');
    });
  });

  it('keeps the order when a subscriber causes the next items', () => {
    const [a$, b$] = [new Subject<Item>(), new Subject<Item>()];
    const seen: string[] = [];
    pairByTime(a$, b$, { toleranceMs: 1 }).subscribe((match) => {
      seen.push(told(match));
      if (seen.length > 1) return;
      a$.next(item(10));
      b$.next(item(10));
      seen.push('end of the first');
    });
    a$.next(item(1));
    b$.next(item(1));
    expect(seen).toEqual(['a1 b1', 'end of the first', 'a10 b10']);
  });

  it.each([
    { toleranceMs: -1 },
    { toleranceMs: NaN },
    { toleranceMs: 1, latenessMs: -1 },
    { toleranceMs: 1, maxWaiting: 0 },
    { toleranceMs: 1, maxWaiting: 1.5 },
  ])('throws for options that make no sense: %j', (options) => {
    expect(() => pairByTime(NEVER as Observable<Item>, NEVER as Observable<Item>, options)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
    );
  });

  it('pairs neighbours, the nearest first, and tells each item once', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 30 });
    const streams = fc.tuple(times, times, fc.integer({ min: 0, max: 40 }), fc.constantFrom(0, 7, Infinity));
    fc.assert(
      fc.property(streams, ([left, right, toleranceMs, latenessMs]) => {
        const all = [...left.map((at) => ({ at, of: 'a' })), ...right.map((at) => ({ at, of: 'b' }))];
        all.sort((one, other) => one.at - other.at || (one.of < other.of ? -1 : 1));
        // By the definition, with all of them there: the narrowest gaps between neighbours first.
        const gaps = all
          .slice(1)
          .map((one, i) => ({ i, gap: one.at - all[i]!.at, same: one.of === all[i]!.of }))
          .filter(({ gap, same }) => gap <= toleranceMs && !same)
          .sort((one, other) => one.gap - other.gap || one.i - other.i);
        const taken = new Map<number, number>();
        for (const { i } of gaps) if (!taken.has(i) && !taken.has(i + 1)) taken.set(i, i + 1).set(i + 1, i);
        const want = all.flatMap(({ at, of }, i) => {
          const partner = taken.get(i);
          if (partner === undefined) return [`${of}${at} alone`];
          if (partner < i) return [];
          return [[`${of}${at}`, `${all[partner]!.of}${all[partner]!.at}`].sort().join(' ')];
        });
        expect(matches(all, toleranceMs, latenessMs)).toEqual(want);
      }),
    );
  });
});

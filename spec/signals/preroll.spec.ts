import { concat, EMPTY, NEVER, Observable, of, repeat, Subject, take, throwError, timestamp, toArray } from 'rxjs';
import { preroll, type PrerollOptions } from '../../lib/signals/preroll.js';
import { describeOperator, scheduler } from '../operators/operator-contract.js';

const at = (receivedAt: number, bytes = 1) => ({ receivedAt, data: new Uint8Array(bytes) });
const values = { a: at(0), b: at(1), c: at(2) };
const times = (kept: readonly { receivedAt: number }[]) => kept.map(({ receivedAt }) => receivedAt);

describeOperator('preroll, behind its trigger', {
  operator: () => preroll<ReturnType<typeof at>>(of('now'), { ms: 1000 }),
  inputs: values,
  outputs: values,
});

/** What comes out of values, when the trigger fires behind so many of them. */
function recorded(all: readonly ReturnType<typeof at>[], options: PrerollOptions, trigger = all.length): number[] {
  const [source, fire] = [new Subject<ReturnType<typeof at>>(), new Subject<void>()];
  const seen: ReturnType<typeof at>[] = [];
  source.pipe(preroll(fire, options)).subscribe((value) => seen.push(value));
  all.forEach((value, index) => {
    if (index === trigger) fire.next();
    source.next(value);
  });
  if (trigger === all.length) fire.next();
  return times(seen);
}

describe('preroll', () => {
  it('emits what came before the trigger when that fires, and then everything that follows', () => {
    scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot(' -a-b-----c|', values);
      const trigger = hot('-----x-x---', {});
      expectObservable(source.pipe(preroll(trigger, { ms: 1000 }))).toBe('-----(ab)c|', values);
      expectSubscriptions(source.subscriptions).toBe('^---------!');
      expectSubscriptions(trigger.subscriptions).toBe('^----!');
    });
  });

  it('keeps what is at most so many milliseconds older than the newest', () => {
    const frames = [0, 400, 800, 1200, 1600, 2000, 2400].map((ms) => at(ms));
    expect(recorded(frames, { ms: 1200 }, 5)).toEqual([400, 800, 1200, 1600, 2000, 2400]);
    expect(recorded(frames, { ms: 1199 }, 5)).toEqual([800, 1200, 1600, 2000, 2400]);
    expect(recorded(frames, { ms: 1 }, 5)).toEqual([1600, 2000, 2400]);
  });

  it('keeps no more than so many bytes, and always the newest', () => {
    const frames = [0, 1, 2, 3].map((ms) => at(ms, 100));
    expect(recorded(frames, { bytes: 300 })).toEqual([1, 2, 3]);
    expect(recorded(frames, { bytes: 299 })).toEqual([2, 3]);
    expect(recorded(frames, { bytes: 1 })).toEqual([3]);
    expect(recorded(frames, { bytes: 1000, ms: 1 })).toEqual([2, 3]);
  });

  it('takes text and bytes with the time that timestamp() gives them', () => {
    const [text, fire] = [new Subject<string>(), new Subject<void>()];
    let now = 0;
    const seen: unknown[] = [];
    text.pipe(timestamp({ now: () => now }), preroll(fire, { ms: 100, bytes: 5 })).subscribe((one) => seen.push(one));
    for (const [time, words] of [
      [0, 'old'],
      [150, 'abc'],
      [200, 'de'],
    ] as const) {
      now = time;
      text.next(words);
    }
    fire.next();
    expect(seen).toEqual([
      { value: 'abc', timestamp: 150 },
      { value: 'de', timestamp: 200 },
    ]);
  });

  it.each([
    ['a trigger that never fires', NEVER, []],
    ['a trigger that completes without firing', EMPTY, []],
    ['a trigger that fires at once', of('now'), [0, 1, 2]],
  ])('completes with its source: %s', (_, trigger, expected) => {
    let kept: number[] | undefined;
    of(values.a, values.b, values.c)
      .pipe(preroll(trigger, { ms: 10 }), toArray())
      .subscribe((all) => (kept = times(all)));
    expect(kept).toEqual(expected);
  });

  it('errors with its source, and with its trigger, which leaves the source', () => {
    scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      expectObservable(hot('-a-#', values).pipe(preroll(NEVER, { ms: 10 }))).toBe('---#');
      const source = hot('-a-b-c', values);
      expectObservable(source.pipe(preroll(hot('--#'), { ms: 10 }))).toBe('--#');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    });
    const source = new Observable<ReturnType<typeof at>>(() => expect('not to be').toBe('subscribed to'));
    let error: unknown;
    source
      .pipe(
        preroll(
          throwError(() => 'at once'),
          { ms: 10 },
        ),
      )
      .subscribe({ error: (thrown: unknown) => (error = thrown) });
    expect(error).toBe('at once');
  });

  it('leaves source and trigger when it is left, also while it emits what it kept', () => {
    const [source, fire] = [new Subject<ReturnType<typeof at>>(), new Subject<void>()];
    const seen: unknown[] = [];
    source.pipe(preroll(fire, { ms: 10 }), take(2)).subscribe((value) => seen.push(value));
    [0, 1, 2, 3].forEach((ms) => source.next(at(ms)));
    fire.next();
    expect(seen).toHaveLength(2);
    expect([source.observed, fire.observed]).toEqual([false, false]);
    const left = source.pipe(preroll(fire, { ms: 10 })).subscribe();
    left.unsubscribe();
    expect([source.observed, fire.observed]).toEqual([false, false]);
  });

  it('keeps the order when what it kept causes the next value', () => {
    const [source, fire] = [new Subject<ReturnType<typeof at>>(), new Subject<void>()];
    const seen: number[] = [];
    source.pipe(preroll(fire, { ms: 10 })).subscribe(({ receivedAt }) => {
      seen.push(receivedAt);
      if (receivedAt === 0) source.next(at(9));
    });
    [0, 1, 2].forEach((ms) => source.next(at(ms)));
    fire.next();
    expect(seen).toEqual([0, 1, 2, 9]);
  });

  it('comes before the frame that fires it where the trigger is made of the same frames', () => {
    const source = new Subject<ReturnType<typeof at>>();
    const trigger = source.pipe(take(3), toArray());
    const seen: number[] = [];
    source.pipe(preroll(trigger, { ms: 10 })).subscribe(({ receivedAt }) => seen.push(receivedAt));
    [0, 1, 2, 3].forEach((ms) => source.next(at(ms)));
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  it('waits for the next trigger, with nothing kept, when it is repeated', () => {
    const [source, fire] = [new Subject<ReturnType<typeof at>>(), new Subject<void>()];
    const seen: number[] = [];
    source.pipe(preroll(fire, { ms: 10 }), take(2), repeat()).subscribe(({ receivedAt }) => seen.push(receivedAt));
    [0, 1].forEach((ms) => source.next(at(ms)));
    fire.next();
    [2, 3].forEach((ms) => source.next(at(ms)));
    expect(seen).toEqual([0, 1]);
    fire.next();
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  it.each<[object | undefined, string]>([
    [{}, '{ ms }, { bytes } or both'],
    [{ ms: 0 }, 'ms of preroll'],
    [{ ms: '2000' }, 'ms of preroll'],
    [{ ms: NaN }, 'ms of preroll'],
    [{ bytes: -1, ms: 1 }, 'bytes of preroll'],
    [{ seconds: 2 }, "no option 'seconds'"],
    [undefined, 'as an object'],
  ])('refuses %j at the call', (options, words) => {
    expect(() => preroll(NEVER, options as PrerollOptions)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(words) as string }) as Error,
    );
  });

  it.each([undefined, null, 5, {}, { receivedAt: 'now' }])('errors at a value without a time: %j', (value) => {
    let error: unknown;
    concat(of(value), NEVER)
      .pipe(preroll<never>(NEVER, { ms: 1000 }) as never)
      .subscribe({ error: (failure: unknown) => (error = failure) });
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it.each([undefined, null, 5])('takes no trigger that is no Observable: %j', (trigger) => {
    const failure = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error;
    expect(() => preroll(trigger as never, { ms: 1000 })).toThrow(failure);
  });
});

import { EMPTY, NEVER, Observable, of, range, Subject, throwError } from 'rxjs';
import { iterate, type IterateOptions } from '../../lib/signals/iterate.js';

/** What a loop over all of it gets, and how it ended. */
async function all<T>(values: AsyncIterable<T>): Promise<readonly (T | string)[]> {
  const got: (T | string)[] = [];
  try {
    for await (const value of values) got.push(value);
    return [...got, 'end'];
  } catch (error) {
    return [...got, (error as { code?: string }).code ?? String(error)];
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('iterate', () => {
  it('gives each value in order, and ends with its source', async () => {
    expect(await all(iterate(of('a', 'b', 'c')))).toEqual(['a', 'b', 'c', 'end']);
    expect(await all(iterate(EMPTY))).toEqual(['end']);
    expect(await all(iterate(of(undefined, null, 0)))).toEqual([undefined, null, 0, 'end']);
  });

  it('throws the error of its source behind the values that wait, once', async () => {
    const source = new Subject<string>();
    const loop = iterate(source)[Symbol.asyncIterator]();
    const first = loop.next();
    source.next('a');
    source.next('b');
    source.error(new Error('gone'));
    expect(await first).toEqual({ done: false, value: 'a' });
    // Nobody asks for it meanwhile: it must not become an unhandled rejection.
    await turn();
    expect(await loop.next()).toEqual({ done: false, value: 'b' });
    await expect(loop.next()).rejects.toThrow('gone');
    expect(await loop.next()).toEqual({ done: true, value: undefined });
    await expect(all(iterate(throwError(() => new Error('at once'))))).resolves.toEqual(['Error: at once']);
  });

  it('subscribes when the first value is asked for, and for each loop anew', async () => {
    let subscribed = 0;
    const source = new Observable<number>((subscriber) => {
      subscribed++;
      subscriber.next(subscribed);
      subscriber.complete();
    });
    const values = iterate(source);
    const loop = values[Symbol.asyncIterator]();
    expect(subscribed).toBe(0);
    await loop.next();
    expect(await all(values)).toEqual([2, 'end']);
  });

  it.each(['break', 'throw', 'return'])('leaves its source at %s', async (how) => {
    const source = new Subject<number>();
    const leave = async (): Promise<void> => {
      for await (const value of iterate(source)) {
        if (how === 'throw') throw new Error(`at ${value}`);
        if (how === 'return') return;
        break;
      }
    };
    const left = leave().catch(() => undefined);
    expect(source.observed).toBe(true);
    source.next(1);
    source.next(2);
    await left;
    expect(source.observed).toBe(false);
  });

  it('leaves its source at once where it is left while it waits, and ends all that wait', async () => {
    const source = new Subject<number>();
    const loop = iterate(source)[Symbol.asyncIterator]();
    const waiting = [loop.next(), loop.next()];
    await loop.return!();
    expect(source.observed).toBe(false);
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });

  it('gives values to those that wait in the order in which they asked', async () => {
    const source = new Subject<string>();
    const loop = iterate(source)[Symbol.asyncIterator]();
    const both = Promise.all([loop.next(), loop.next()]);
    source.next('a');
    source.next('b');
    expect((await both).map(({ value }) => value as string)).toEqual(['a', 'b']);
  });

  it('throws QUEUE_FULL behind the values that wait when there are more than the limit', async () => {
    const source = new Subject<number>();
    const seen: number[] = [];
    const loop = (async () => {
      for await (const value of iterate(source, { limit: 2 })) {
        seen.push(value);
        if (value === 1) [2, 3, 4, 5].forEach((next) => source.next(next));
      }
    })();
    source.next(1);
    await expect(loop).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(seen).toEqual([1, 2, 3]);
    expect(source.observed).toBe(false);
  });

  it("with 'drop' drops the oldest that wait, and counts them", async () => {
    const source = new Subject<number>();
    const values = iterate(source, { limit: 2, overflow: 'drop' });
    const seen: number[] = [];
    const loop = (async () => {
      for await (const value of values) {
        seen.push(value);
        if (value === 1) [2, 3, 4, 5].forEach((next) => source.next(next));
        if (value === 5) source.complete();
      }
    })();
    source.next(1);
    await loop;
    expect(seen).toEqual([1, 4, 5]);
    expect(values.dropped).toBe(2);
  });

  it('stops a synchronous source that overflows its queue', async () => {
    let asked = 0;
    const source = new Observable<number>((subscriber) => {
      while (!subscriber.closed && asked < 1000) subscriber.next(asked++);
    });
    expect(await all(iterate(source, { limit: 3 }))).toEqual([0, 1, 2, 3, 'QUEUE_FULL']);
    expect(asked).toBe(5);
    expect(await all(iterate(range(0, 10), { limit: 3, overflow: 'drop' }))).toEqual([0, 7, 8, 9, 'end']);
  });

  it.each<[unknown, object, string]>([
    [NEVER, { limit: 0 }, 'limit'],
    [NEVER, { limit: '5' }, 'limit'],
    [NEVER, { overflow: 'wait' }, 'overflow'],
    [NEVER, { limits: 5 }, "did you mean 'limit'"],
    [[1, 2], {}, 'Observable'],
    [undefined, {}, 'Observable'],
  ])('refuses %p with %j at the call', (source, options, words) => {
    expect(() => iterate(source as Observable<unknown>, options as IterateOptions)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(words) as string }) as Error,
    );
  });
});

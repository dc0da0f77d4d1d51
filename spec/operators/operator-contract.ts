import { mergeMap, Observable, of, Subject, take, type OperatorFunction } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

/** An operator together with values each of which makes it emit one. */
export interface OperatorCase<T, R> {
  readonly operator: () => OperatorFunction<T, R>;
  readonly inputs: Readonly<Record<'a' | 'b' | 'c', T>>;
  readonly outputs: Readonly<Record<'a' | 'b' | 'c', R>>;
}

export function scheduler(): TestScheduler {
  return new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
}

/** What any operator of this library does, whatever it makes of its values. */
export function describeOperator<T, R>(name: string, { operator, inputs, outputs }: OperatorCase<T, R>): void {
  const { a, b } = inputs;

  describe(`${name}, as any operator`, () => {
    it.each([
      ['never', '-', '-', '^'],
      ['empty', '--|', '--|', '^-!'],
      ['empty at once', '|', '|', '(^!)'],
      ['one value', '--a--|', '--a--|', '^----!'],
      ['many values', '-a-(bc)-|', '-a-(bc)-|', '^-------!'],
      ['values that never end', 'a-b-c', 'a-b-c', '^'],
      ['an error at once', '#', '#', '(^!)'],
      ['an error behind values', '-a-b-#', '-a-b-#', '^----!'],
    ])('follows its source: %s', (_, source$, result$, subscription) => {
      scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold(source$, inputs, 'the source’s error');
        expectObservable(source.pipe(operator())).toBe(result$, outputs, 'the source’s error');
        expectSubscriptions(source.subscriptions).toBe(subscription);
      });
    });

    it('does nothing before it is subscribed to', () => {
      let subscribed = 0;
      const result$ = new Observable<T>(() => {
        subscribed++;
      }).pipe(operator());
      expect(subscribed).toBe(0);
      result$.subscribe().unsubscribe();
      expect(subscribed).toBe(1);
    });

    it('unsubscribes from its source when it is unsubscribed from', () => {
      scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
        const source = hot('a-^-b-c-a-|', inputs);
        expectObservable(source.pipe(operator()), '---!').toBe('--b-', outputs);
        expectSubscriptions(source.subscriptions).toBe('^--!');
      });
    });

    it('unsubscribes from its source at once if a value makes its subscriber unsubscribe', () => {
      scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
        const source = hot('--a-b-c-|', inputs);
        expectObservable(source.pipe(operator(), take(2))).toBe('--a-(b|)', outputs);
        expectSubscriptions(source.subscriptions).toBe('^---!');
      });
    });

    it('does not break the chain of unsubscription', () => {
      scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
        const source = hot('--a-b-c-|', inputs);
        const result = source.pipe(
          mergeMap((value) => of(value)),
          operator(),
          mergeMap((value) => of(value)),
        );
        expectObservable(result, '-----!').toBe('--a-b-', outputs);
        expectSubscriptions(source.subscriptions).toBe('^----!');
      });
    });

    it('stops a synchronous source when it is unsubscribed from', () => {
      const asked: number[] = [];
      const source$ = new Observable<T>((subscriber) => {
        for (let i = 0; !subscriber.closed && i < 10; i++) {
          asked.push(i);
          subscriber.next([inputs.a, inputs.b, inputs.c][i % 3] as T);
        }
      });
      source$.pipe(operator(), take(2)).subscribe();
      expect(asked).toEqual([0, 1]);
    });

    it.each(['completes', 'errors'])(
      'keeps the order when a subscriber causes the next value and then it %s',
      (end) => {
        const source = new Subject<T>();
        const seen: unknown[] = [];
        source.pipe(operator()).subscribe({
          next: (value) => {
            seen.push(['begin', value]);
            if (seen.length === 1) {
              source.next(b);
              if (end === 'completes') source.complete();
              else source.error('the source’s error');
            }
            seen.push(['end', value]);
          },
          complete: () => seen.push('completes'),
          error: () => seen.push('errors'),
        });
        source.next(a);
        const [first, second] = [outputs.a, outputs.b];
        expect(seen).toEqual([['begin', first], ['end', first], ['begin', second], ['end', second], end]);
      },
    );

    it('drops queued values if a subscriber causes one and then unsubscribes', () => {
      const source = new Subject<T>();
      const seen: R[] = [];
      const subscription = source.pipe(operator()).subscribe((value) => {
        seen.push(value);
        source.next(b);
        subscription.unsubscribe();
      });
      source.next(a);
      expect(seen).toEqual([outputs.a]);
      expect(source.observed).toBe(false);
    });

    it('keeps its state in the subscription', () => {
      scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('-a-b-c-|', inputs);
        const result = source.pipe(operator());
        expectObservable(result).toBe('      -a-b-c-|', outputs);
        expectObservable(result, '--^').toBe('---a-b-c-|', outputs);
        expectObservable(result, '--------------^').toBe('---------------a-b-c-|', outputs);
        expectSubscriptions(source.subscriptions).toBe(['^------!', '--^------!', '--------------^------!']);
      });
    });
  });
}

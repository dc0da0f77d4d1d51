import { Observable, Subscription } from 'rxjs';
import { untilGone } from '../../lib/operators/until-gone.js';
import { scheduler } from './operator-contract.js';

describe('untilGone', () => {
  it('follows its source while the subscriber is subscribed', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-|');
      expectObservable(source.pipe(untilGone(new Subscription()))).toBe('-a-b-|');
      expectSubscriptions(source.subscriptions).toBe('^----!');
    });
  });

  it('unsubscribes from its source when the subscriber unsubscribes', () => {
    scheduler().run(({ cold, expectSubscriptions }) => {
      const source = cold('-a-b-a-b-|');
      const subscriber = new Subscription();
      let values = 0;
      source.pipe(untilGone(subscriber)).subscribe(() => {
        if (++values === 2) subscriber.unsubscribe();
      });
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it('stops a source that emits while it is subscribed to', () => {
    const subscriber = new Subscription();
    let emitted = 0;
    const source$ = new Observable<number>((destination) => {
      while (!destination.closed && emitted < 10) destination.next(++emitted);
    });
    source$.pipe(untilGone(subscriber)).subscribe((value) => {
      if (value === 3) subscriber.unsubscribe();
    });
    expect(emitted).toBe(3);
  });

  it('does not subscribe to the source for a subscriber that is closed', () => {
    const subscriber = new Subscription();
    subscriber.unsubscribe();
    let subscribed = false;
    new Observable(() => void (subscribed = true)).pipe(untilGone(subscriber)).subscribe();
    expect(subscribed).toBe(false);
  });
});

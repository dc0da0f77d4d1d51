import { defer, EMPTY, finalize, NEVER, of, Subject, throwError } from 'rxjs';
import { OperationQueue } from '../../../lib/host/channel/operation-queue.js';

describe('an operation queue', () => {
  it('begins an operation when the one before it has completed', () => {
    const queue = new OperationQueue();
    const first = new Subject<string>();
    const seen: string[] = [];
    queue.run(first).subscribe((value) => seen.push(value));
    queue.run(of('second')).subscribe((value) => seen.push(value));
    first.next('first');
    expect(seen).toEqual(['first']);
    first.complete();
    expect(seen).toEqual(['first', 'second']);
  });

  it('goes on behind an operation that failed, and behind one that was unsubscribed from', () => {
    const queue = new OperationQueue();
    const seen: string[] = [];
    queue.run(throwError(() => new Error('no'))).subscribe({ error: () => seen.push('failed') });
    const stuck = queue.run(NEVER).subscribe();
    queue.run(of('served')).subscribe((value) => seen.push(value));
    expect(seen).toEqual(['failed']);
    stuck.unsubscribe();
    expect(seen).toEqual(['failed', 'served']);
  });

  it('does not begin an operation that was unsubscribed from while it waited', () => {
    const queue = new OperationQueue();
    const first = new Subject<never>();
    let begun = false;
    queue.run(first).subscribe();
    queue.run(new Subject()).subscribe().unsubscribe();
    const waiting = queue.run(of(1)).subscribe(() => (begun = true));
    waiting.unsubscribe();
    first.complete();
    expect(begun).toBe(false);
  });

  it('begins the next operation when all of the one that was unsubscribed from has been taken down', () => {
    const queue = new OperationQueue();
    const order: string[] = [];
    const first = queue.run(NEVER.pipe(finalize(() => order.push('down')))).subscribe();
    queue.run(defer(() => of(order.push('next')))).subscribe();
    first.unsubscribe();
    expect(order).toEqual(['down', 'next']);
  });

  it('refuses the operation over 1024 that wait', () => {
    const queue = new OperationQueue();
    queue.run(NEVER).subscribe();
    const errors: unknown[] = [];
    for (let i = 0; i < 1025; i++) queue.run(NEVER).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toMatchObject([{ code: 'QUEUE_FULL' }]);
  });

  it('runs 100 000 synchronous operations, each queued by the one before, without recursion', () => {
    const queue = new OperationQueue();
    let ended = 0;
    const again = (): void => {
      if (++ended < 100_000) queue.run(EMPTY).subscribe({ complete: again });
    };
    queue.run(EMPTY).subscribe({ complete: again });
    expect(ended).toBe(100_000);
  });
});

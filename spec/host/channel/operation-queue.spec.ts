import { defer, EMPTY, finalize, NEVER, of, Subject, throwError } from 'rxjs';
import { Lane } from '../../../lib/host/channel/operation-queue.js';

describe('a lane', () => {
  it('begins an operation when the one before it has completed', () => {
    const lane = new Lane();
    const first = new Subject<string>();
    const seen: string[] = [];
    lane.run(first).subscribe((value) => seen.push(value));
    lane.run(of('second')).subscribe((value) => seen.push(value));
    first.next('first');
    expect(seen).toEqual(['first']);
    first.complete();
    expect(seen).toEqual(['first', 'second']);
  });

  it('goes on behind an operation that failed, and behind one that was unsubscribed from', () => {
    const lane = new Lane();
    const seen: string[] = [];
    lane.run(throwError(() => new Error('no'))).subscribe({ error: () => seen.push('failed') });
    const stuck = lane.run(NEVER).subscribe();
    lane.run(of('served')).subscribe((value) => seen.push(value));
    expect(seen).toEqual(['failed']);
    stuck.unsubscribe();
    expect(seen).toEqual(['failed', 'served']);
  });

  it('does not begin an operation that was unsubscribed from while it waited', () => {
    const lane = new Lane();
    const first = new Subject<never>();
    let begun = false;
    lane.run(first).subscribe();
    lane.run(new Subject()).subscribe().unsubscribe();
    const waiting = lane.run(of(1)).subscribe(() => (begun = true));
    waiting.unsubscribe();
    first.complete();
    expect(begun).toBe(false);
  });

  it('begins the next operation when all of the one that was unsubscribed from has been taken down', () => {
    const lane = new Lane();
    const order: string[] = [];
    const first = lane.run(NEVER.pipe(finalize(() => order.push('down')))).subscribe();
    lane.run(defer(() => of(order.push('next')))).subscribe();
    first.unsubscribe();
    expect(order).toEqual(['down', 'next']);
  });

  it('refuses the operation over 1024 that wait', () => {
    const lane = new Lane();
    lane.run(NEVER).subscribe();
    const errors: unknown[] = [];
    for (let i = 0; i < 1025; i++) lane.run(NEVER).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toMatchObject([{ code: 'QUEUE_FULL' }]);
  });

  it('runs 100 000 synchronous operations, each queued by the one before, without recursion', () => {
    const lane = new Lane();
    let ended = 0;
    const again = (): void => {
      if (++ended < 100_000) lane.run(EMPTY).subscribe({ complete: again });
    };
    lane.run(EMPTY).subscribe({ complete: again });
    expect(ended).toBe(100_000);
  });
});

import { from } from 'rxjs';
import { cameraClock } from '../../lib/signals/camera-clock.js';
import { describeOperator, scheduler } from '../operators/operator-contract.js';

interface Stamped {
  readonly us: number;
  readonly receivedAt: number;
}

const stamped = (us: number, receivedAt: number): Stamped => ({ us, receivedAt });
const clock = { offsetMs: 7, driftPpm: 0 };

// Readings without jitter: each translates to when it came.
const inputs = { a: stamped(1000, 8), b: stamped(2000, 9), c: stamped(3000, 10) };
describeOperator('cameraClock', {
  operator: () => cameraClock<Stamped>({ cameraUs: ({ us }) => us }),
  inputs,
  outputs: {
    a: { item: inputs.a, sentAt: 8, clock },
    b: { item: inputs.b, sentAt: 9, clock },
    c: { item: inputs.c, sentAt: 10, clock },
  },
});

describe('cameraClock', () => {
  it('takes the jitter of their arrival out of the items’ times', () => {
    const seen: number[] = [];
    from([stamped(0, 100), stamped(40_000, 140), stamped(80_000, 199), stamped(120_000, 220)])
      .pipe(cameraClock({ cameraUs: ({ us }) => us }))
      .subscribe(({ sentAt }) => seen.push(sentAt));
    expect(seen).toEqual([100, 140, 180, 220]);
  });

  it('takes the times from wherever they are', () => {
    const seen: number[] = [];
    from([
      { count: 2 ** 30 - 1000, at: 5 },
      { count: 1000, at: 7.5 },
    ])
      .pipe(cameraClock({ cameraUs: ({ count }) => count, receivedAt: ({ at }) => at, wrapsAt: 2 ** 30 }))
      .subscribe(({ sentAt }) => seen.push(sentAt));
    expect(seen[0]).toBe(5);
    expect(seen[1]).toBeCloseTo(7, 6);
  });

  it('errors for a time that is none, and leaves its source', () => {
    scheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-', { a: stamped(NaN, 1) });
      const result = source.pipe(cameraClock({ cameraUs: ({ us }) => us }));
      const error = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as unknown;
      expectObservable(result).toBe('-#', undefined, error);
      expectSubscriptions(source.subscriptions).toBe('^!');
    });
  });

  it('throws for a count that can’t be', () => {
    expect(() => cameraClock<Stamped>({ cameraUs: ({ us }) => us, wrapsAt: 0 })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
    );
  });
});

import { concat, delay, EMPTY, NEVER, of, throwError, type Observable } from 'rxjs';
import { isOpenMVError, OpenMVError, type Backend, type Channel } from '../../lib/index.js';
import { Bench } from './test-bench.js';

/** A channel that counts its locks and counts up with each reading. */
class Counter implements Backend {
  held = 0;
  locks = 0;
  refuses = false;
  readings = 0;

  lock(): boolean {
    if (this.refuses || this.held > 0) return false;
    this.held++;
    this.locks++;
    return true;
  }

  unlock(): boolean {
    // A SYNC unlocks what nobody has locked, too.
    this.held = 0;
    return true;
  }

  size(): number {
    return 1;
  }

  readp(): Uint8Array {
    return Uint8Array.of(++this.readings);
  }

  write(_offset: number, data: Uint8Array): number {
    this.readings = data[0] ?? 0;
    return data.length;
  }
}

type Work = (channel: Channel<Uint8Array>) => Observable<unknown>;

function bench(): { bench: Bench; counter: Counter; run: (work: Work) => unknown[] } {
  const made = new Bench({ stdoutIntervalMs: false });
  const counter = new Counter();
  made.device.device.register('counter', counter);
  return { bench: made, counter, run: (work) => collect(made, work) };
}

function collect({ camera }: Bench, work: Work): unknown[] {
  const seen: unknown[] = [];
  camera
    .channel('counter')
    .locked(work)
    .subscribe({
      next: (value) => seen.push(value),
      error: (error: unknown) => seen.push(isOpenMVError(error) ? error.code : error),
      complete: () => seen.push('done'),
    });
  return seen;
}

describe('locked()', () => {
  it('does its work under the lock, emits what that emits, and completes when it is unlocked', () => {
    const { bench: made, counter, run } = bench();
    const seen = run((channel) => {
      expect(counter.held).toBe(1);
      return concat(channel.read(), channel.read());
    });
    made.pass(500);
    expect(seen).toEqual([Uint8Array.of(1), Uint8Array.of(2), 'done']);
    expect([counter.locks, counter.held]).toEqual([1, 0]);
  });

  it('lets nothing else onto the channel in the meantime', () => {
    const { bench: made, run } = bench();
    const order: string[] = [];
    run((channel) => {
      made.camera
        .channel('counter')
        .write(Uint8Array.of(50))
        .subscribe({ complete: () => order.push('written') });
      return concat(channel.read(), of('later').pipe(delay(300, made.clock)), channel.read());
    });
    made.camera
      .channel('counter')
      .read()
      .subscribe({ complete: () => order.push('read') });
    made.pass(200);
    expect(order).toEqual([]);
    made.pass(500);
    expect(order).toEqual(['read', 'written']);
  });

  it.each([
    ['an error of the work', () => throwError(() => new Error('of the work'))],
    [
      'a work that throws',
      (): never => {
        throw new Error('of the work');
      },
    ],
  ])('unlocks after %s', (_, work) => {
    const { bench: made, counter, run } = bench();
    const seen = run(work);
    made.pass(500);
    expect(seen).toEqual([new Error('of the work')]);
    expect([counter.locks, counter.held]).toEqual([1, 0]);
  });

  it('unlocks when it is unsubscribed from', () => {
    const { bench: made, counter } = bench();
    const subscription = made.camera
      .channel('counter')
      .locked(() => NEVER)
      .subscribe();
    made.pass(500);
    expect(counter.held).toBe(1);
    subscription.unsubscribe();
    made.pass(500);
    expect(counter.held).toBe(0);
  });

  it('tries again while the camera refuses, and gives up after the command timeout', () => {
    const { bench: made, counter, run } = bench();
    counter.refuses = true;
    const first = run(() => of('first'));
    made.pass(1000);
    expect(first).toEqual([]);
    counter.refuses = false;
    made.pass(200);
    expect(first).toEqual(['first', 'done']);
    counter.refuses = true;
    const second = run(() => of('second'));
    made.pass(4100);
    expect(second).toEqual(['TIMEOUT']);
  });

  it('is refused for a channel that has no lock', () => {
    const { bench: made } = bench();
    made.device.device.register('open', { size: () => 0 });
    let error: unknown;
    made.camera
      .channel('open')
      .locked(() => EMPTY)
      .subscribe({ error: (e: unknown) => (error = e) });
    made.pass(500);
    expect(error).toEqual(expect.objectContaining({ code: 'NOT_LOCKABLE' }));
    expect((error as Error).message).toContain("'open'");
  });

  it('does not begin its work a second time when the link is lost meanwhile', () => {
    const { bench: made, run } = bench();
    let begun = 0;
    const seen = run((channel) => {
      begun++;
      return concat(of(1).pipe(delay(100, made.clock)), channel.read());
    });
    made.pass(50);
    made.unplug(new OpenMVError('LINK_LOST', 'the cable'));
    made.pass(5000);
    expect(begun).toBe(1);
    expect(seen).toEqual([1, 'LINK_LOST']);
  });
});

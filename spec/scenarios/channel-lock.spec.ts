import {
  catchError,
  concat,
  defer,
  delay,
  EMPTY,
  finalize,
  NEVER,
  of,
  repeat,
  take,
  throwError,
  type Observable,
} from 'rxjs';
import { isOpenMVError, OpenMVError, type Channel } from '../../lib/index.js';
import type { Backend } from '../../lib/device/index.js';
import { encodePacket, Opcode, type Packet } from '../../lib/operators/index.js';
import { FaultyBench } from './faults/faulty-bench.js';
import { lost } from './faults/wire.js';
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

  readp(): Uint8Array<ArrayBuffer> {
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
    expect(seen).toEqual(['LINK_LOST']);
  });

  it('ends work that goes on for ever when the lock is lost with its session, and lets the others onto the channel', () => {
    const { bench: made, run } = bench();
    const seen = run(() => NEVER);
    const others: unknown[] = [];
    made.camera
      .channel('counter')
      .read()
      .subscribe((value) => others.push(value));
    made.pass(500);
    expect([seen, others]).toEqual([[], []]);
    made.unplug(new OpenMVError('LINK_LOST', 'the cable'));
    made.pass(2000);
    expect(seen).toEqual(['LINK_LOST']);
    expect(others).toHaveLength(1);
  });

  it('ends work that waits for an event when the lock is lost with its session', () => {
    const { bench: made, run } = bench();
    const seen = run((channel) => channel.events$.pipe(take(1)));
    made.pass(500);
    made.unplug(new OpenMVError('LINK_LOST', 'the cable'));
    made.pass(2000);
    expect(seen).toEqual(['LINK_LOST']);
  });

  it('leaves it to a command that is under way to tell how it ended when the session does', () => {
    const { bench: made, run } = bench();
    const seen = run((channel) => {
      made.deaf = true;
      return channel.write(Uint8Array.of(7));
    });
    made.pass(100);
    made.unplug(new OpenMVError('LINK_LOST', 'the cable'));
    made.deaf = false;
    made.pass(2000);
    expect(seen).toEqual(['OUTCOME_UNKNOWN']);
  });

  it('completes where its work has ended and the lock went with the session instead of being let go', () => {
    const { bench: made, run } = bench();
    const seen = run(() => {
      made.onSent = ([packet]) => {
        if (packet?.opcode === Opcode.CHANNEL_UNLOCK) made.unplug(new OpenMVError('LINK_LOST', 'the cable'));
      };
      return of('done so far').pipe(delay(10, made.clock));
    });
    made.pass(1000);
    expect(seen).toEqual(['done so far', 'done']);
  });

  it('gives its work a channel that reads frames under the lock that is held, and has none to offer', () => {
    const { bench: made } = bench();
    const picture = {
      size: () => 6,
      shape: () => [2, 3],
      readp: () => new Uint8Array(6),
      lock: () => true,
      unlock: () => true,
    };
    made.device.device.register('picture', picture);
    const seen: unknown[] = [];
    made.camera
      .channel('picture')
      .locked((held) => held.frames().pipe(take(1)))
      .subscribe(({ width }) => seen.push(width));
    made.camera
      .channel('picture')
      .locked((held) => held.locked(() => EMPTY))
      .subscribe({ error: ({ code }: OpenMVError) => seen.push(code) });
    made.pass(1000);
    expect(seen).toEqual([3, 'NOT_LOCKABLE']);
  });
});

describe('locked() on a bad link', () => {
  it.each([1, 2, 3, 4, 5, 6])('leaves the channel unlocked and does its work once, seed %d', (seed) => {
    const faulty = new FaultyBench({}, {}, seed).connected();
    const counter = new Counter();
    faulty.device.device.register('counter', counter);
    faulty.clock.pass(100);
    faulty.wire.faults({ loss: 0.05, damage: 0.05, delay: 0.5 });
    let begun = 0;
    let ended = 0;
    let unlocked = 0;
    const channel = faulty.camera.channel('counter');
    defer(() =>
      channel.locked((held) => {
        begun++;
        if (counter.held === 0) unlocked++;
        return held.size();
      }),
    )
      .pipe(
        catchError(() => EMPTY),
        finalize(() => ended++),
        repeat(100),
      )
      .subscribe();
    faulty.clock.pass(100_000);
    expect([begun, unlocked]).toEqual([ended, 0]);
    expect(ended).toBe(100);
    expect(counter.held).toBe(0);
  });

  it('is granted again where nobody knows that an UNLOCK was never executed', () => {
    const faulty = new FaultyBench().connected();
    const counter = new Counter();
    const channel = faulty.camera.channel('counter');
    faulty.device.device.register('counter', counter);
    faulty.clock.pass(100);
    const isUnlock = ({ opcode }: Packet): boolean => opcode === Opcode.CHANNEL_UNLOCK;
    // Two that bear a wrong number are refused in its place, and the first refusal is lost.
    faulty.wire.once('out', (packet, bytes) => {
      const wrong = encodePacket({ ...packet, sequence: (packet.sequence + 99) & 0xff });
      return isUnlock(packet) ? Uint8Array.of(...wrong, ...wrong) : bytes;
    });
    faulty.wire.once('in', lost(isUnlock));
    channel.locked(() => EMPTY).subscribe();
    faulty.clock.pass(500);
    expect(counter.held).toBe(1);
    let ended = false;
    channel.locked(() => EMPTY).subscribe({ complete: () => (ended = true) });
    faulty.clock.pass(500);
    expect([ended, counter.held]).toEqual([true, 0]);
  });
});

import {
  asyncScheduler,
  EMPTY,
  NEVER,
  Observable,
  retry,
  Subject,
  type Subscriber,
  type Subscription,
  switchMap,
} from 'rxjs';
import { isOpenMVError } from '../../lib/errors.js';
import { faulty, faultyConnection, type FaultyOptions } from '../../lib/transport/faulty.js';
import { memoryPair } from '../../lib/transport/memory.js';
import type { Connection, Transport } from '../../lib/transport/transport.js';
import { pattern } from '../contracts/far-end.js';
import { Clock } from '../device/clock.js';

/** A cable whose one end is faulty, in virtual time, and all that arrives at either end. */
class Cable {
  readonly clock = new Clock();
  readonly there: Uint8Array[] = [];
  readonly back: Uint8Array[] = [];
  readonly arrivedAt: number[] = [];
  error: unknown;
  near!: Connection;
  far!: Connection;
  readonly opening: Subscription;

  constructor(options: FaultyOptions) {
    const [one, two] = memoryPair({ scheduler: this.clock });
    two.open().subscribe({
      next: (connection) => {
        this.far = connection;
        connection.bytes$.subscribe((chunk) => {
          this.there.push(chunk);
          this.arrivedAt.push(this.clock.now());
        });
      },
      error: () => undefined,
    });
    this.opening = faulty(one, { scheduler: this.clock, ...options })
      .open()
      .subscribe({
        next: (connection) => {
          this.near = connection;
          connection.bytes$.subscribe((chunk) => this.back.push(chunk));
        },
        error: (error: unknown) => (this.error = error),
      });
  }

  /** Writes chunks there and lets them arrive. */
  send(chunks: readonly Uint8Array[], apartMs = 1): this {
    for (const chunk of chunks) {
      this.near.write(chunk);
      this.clock.pass(apartMs);
    }
    this.clock.pass(1000);
    return this;
  }

  receive(chunks: readonly Uint8Array[]): this {
    for (const chunk of chunks) {
      this.far.write(chunk);
      this.clock.pass(1);
    }
    this.clock.pass(1000);
    return this;
  }
}

const CHUNK_BYTES = 20;
/** Chunks that carry their number in front. */
const numbered = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => Uint8Array.of(i & 0xff, i >> 8, ...pattern(CHUNK_BYTES - 2, i + 1)));
const numbers = (chunks: readonly Uint8Array[]): number[] => chunks.map((chunk) => chunk[0]! | (chunk[1]! << 8));
const counting = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const joined = (chunks: readonly Uint8Array[]): Buffer => Buffer.concat(chunks);

/** How many bits differ. */
function flipped(a: Uint8Array, b: Uint8Array): number {
  let bits = 0;
  a.forEach((byte, i) => {
    for (let rest = byte ^ b[i]!; rest > 0; rest &= rest - 1) bits++;
  });
  return bits;
}

describe('faulty', () => {
  const sent = numbered(2000);

  it('changes nothing without faults', () => {
    const cable = new Cable({}).send(sent).receive(sent);
    expect(cable.there).toEqual(sent);
    expect(cable.back).toEqual(sent);
  });

  it('describes the transport that it wraps', () => {
    expect(faulty(memoryPair({ name: 'desk' })[0]).name).toBe('desk (faulty)');
  });

  describe('loss', () => {
    it('drops about the given share of the chunks, and does not change the others', () => {
      const { there } = new Cable({ loss: 0.1 }).send(sent);
      expect(there.length).toBeGreaterThan(1720);
      expect(there.length).toBeLessThan(1880);
      expect(there).toEqual(numbers(there).map((number) => sent[number]));
      expect([...numbers(there)].sort((a, b) => a - b)).toEqual(numbers(there));
    });

    it('of 1 drops everything', () => {
      expect(new Cable({ loss: 1 }).send(sent).there).toEqual([]);
    });
  });

  describe('damage', () => {
    it('flips exactly one bit in about the given share of the chunks', () => {
      const { there } = new Cable({ damage: 0.1 }).send(sent);
      const bits = there.map((chunk, i) => flipped(chunk, sent[i]!));
      expect(there).toHaveLength(sent.length);
      expect(new Set(bits)).toEqual(new Set([0, 1]));
      const damaged = bits.filter((count) => count === 1).length;
      expect(damaged).toBeGreaterThan(120);
      expect(damaged).toBeLessThan(280);
    });

    it('flips any bit of a chunk, including the first and the last', () => {
      const { there } = new Cable({ damage: 1 }).send(sent);
      const where = there.map((chunk, i) => {
        const at = chunk.findIndex((byte, j) => byte !== sent[i]![j]);
        return 8 * at + Math.log2(chunk[at]! ^ sent[i]![at]!);
      });
      expect(new Set(where).size).toBe(8 * CHUNK_BYTES);
    });

    it('does not change the array that was written', () => {
      const bytes = pattern(50);
      new Cable({ damage: 1 }).send([bytes]);
      expect(bytes).toEqual(pattern(50));
    });
  });

  it('delivers about the given share of chunks twice, the second time as a copy', () => {
    const { there } = new Cable({ duplicate: 0.1 }).send(sent);
    const repeats = there.filter((chunk, i) => i > 0 && numbers([chunk])[0] === numbers([there[i - 1]!])[0]);
    expect(there.length - repeats.length).toBe(sent.length);
    expect(repeats.length).toBeGreaterThan(120);
    expect(repeats.length).toBeLessThan(280);
    expect(new Set(there.map(({ buffer }) => buffer)).size).toBe(there.length);
  });

  it('delivers about the given share of chunks after the next one, and loses none', () => {
    const { there } = new Cable({ reorder: 0.1 }).send(sent.slice(0, -1)).send(sent.slice(-1));
    const order = numbers(there);
    const overtaken = order.filter((number, i) => i > 0 && number < order[i - 1]!);
    expect([...order].sort((a, b) => a - b)).toEqual(counting(order.length));
    order.forEach((number, i) => expect(Math.abs(number - i)).toBeLessThanOrEqual(1));
    expect(overtaken.length).toBeGreaterThan(120);
    expect(overtaken.length).toBeLessThan(280);
  });

  describe('delay', () => {
    it('delivers chunks later by that time', () => {
      const cable = new Cable({ outgoing: { delay: 70 } });
      cable.near.write(pattern(3));
      cable.clock.pass(69);
      expect(cable.there).toEqual([]);
      cable.clock.pass(1);
      expect(cable.there).toEqual([pattern(3)]);
    });

    it('with jitter differs from chunk to chunk, stays below the sum and keeps the order', () => {
      const close = new Cable({ delay: 10, jitter: 30 }).send(sent);
      expect(numbers(close.there)).toEqual(counting(sent.length));
      const apart = new Cable({ delay: 10, jitter: 30 }).send(sent, 50);
      const delays = apart.arrivedAt.map((at, i) => at - 50 * i);
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(10);
      expect(Math.max(...delays)).toBeLessThan(40);
      expect(new Set(delays.map(Math.floor)).size).toBe(30);
    });

    it('keeps the order in real time, even if timers that are due together fire in any order', async () => {
      const [one, two] = memoryPair();
      const arrived: number[] = [];
      const far = two
        .open()
        .pipe(retry())
        .subscribe(({ bytes$ }) => bytes$.subscribe((chunk) => arrived.push(...numbers([chunk]))));
      let near!: Connection;
      const opening = faulty(one, { delay: 1, jitter: 8, scheduler: asyncScheduler })
        .open()
        .subscribe((connection) => (near = connection));
      for (const chunk of sent.slice(0, 300)) {
        near.write(chunk);
        if (chunk[0]! % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await new Promise((resolve) => setTimeout(resolve, 40));
      opening.unsubscribe();
      far.unsubscribe();
      expect(arrived).toEqual(counting(300));
    });
  });

  it.each([1, 7, 64])('splits chunks into pieces of at most %d bytes, and loses none', (chunk) => {
    const { there } = new Cable({ chunk }).send(sent);
    expect(joined(there).equals(joined(sent))).toBe(true);
    const lengths = new Set(there.map(({ length }) => length));
    expect([...lengths].sort((a, b) => a - b)).toEqual(counting(Math.min(chunk, CHUNK_BYTES)).map((n) => n + 1));
  });

  describe('cutAfter', () => {
    it('delivers that many bytes and then loses the connection', () => {
      const cable = new Cable({ cutAfter: 2 * CHUNK_BYTES + 5 }).send(sent.slice(0, 10));
      expect(joined(cable.there)).toEqual(joined(sent).subarray(0, 2 * CHUNK_BYTES + 5));
      expect(cable.error).toMatchObject({ code: 'LINK_LOST' });
    });

    it('first delivers the chunks in transit', () => {
      const cable = new Cable({ cutAfter: 15, delay: 20 });
      cable.near.write(pattern(30));
      cable.clock.pass(19);
      expect(cable.error).toBeUndefined();
      cable.clock.pass(1);
      expect(cable.there).toEqual([pattern(30).subarray(0, 15)]);
      expect(cable.error).toMatchObject({ code: 'LINK_LOST' });
    });

    it('refuses writes afterwards, and can be opened again', () => {
      const clock = new Clock();
      const [one] = memoryPair({ scheduler: clock });
      const transport = faulty(one, { cutAfter: 10, scheduler: clock });
      let codes = 0;
      for (let round = 0; round < 2; round++) {
        let near!: Connection;
        let lost = false;
        transport.open().subscribe({ next: (connection) => (near = connection), error: () => (lost = true) });
        near.write(pattern(10));
        expect(lost).toBe(true);
        near
          .write(pattern(1))
          .subscribe({ error: (error: unknown) => (codes += isOpenMVError(error, 'LINK_LOST') ? 1 : 0) });
      }
      expect(codes).toBe(2);
    });
  });

  it('stalls after that many bytes without reporting it', () => {
    const cable = new Cable({ outgoing: { stallAfter: CHUNK_BYTES + 3 } });
    let written = 0;
    for (const chunk of sent.slice(0, 5)) cable.near.write(chunk).subscribe({ complete: () => written++ });
    cable.clock.pass(1000);
    expect(joined(cable.there)).toEqual(joined(sent).subarray(0, CHUNK_BYTES + 3));
    expect(cable.error).toBeUndefined();
    expect(written).toBe(5);
    expect(cable.receive(sent).back).toEqual(sent);
  });

  describe('each direction', () => {
    it.each([
      ['outgoing', { outgoing: { loss: 1 } }, 0, 2000],
      ['incoming', { incoming: { loss: 1 } }, 2000, 0],
      ['both', { loss: 1 }, 0, 0],
      ['all but outgoing', { loss: 1, outgoing: { loss: 0 } }, 2000, 0],
    ] as const)('has its own faults: %s', (_, options, there, back) => {
      const cable = new Cable(options).send(sent).receive(sent);
      expect([cable.there.length, cable.back.length]).toEqual([there, back]);
    });

    it('is independent of the traffic in the other direction', () => {
      const quiet = new Cable({ loss: 0.3, seed: 5 }).send(sent);
      const busy = new Cable({ loss: 0.3, seed: 5 }).receive(sent).send(sent);
      expect(numbers(busy.there)).toEqual(numbers(quiet.there));
      expect(numbers(busy.back)).not.toEqual(numbers(busy.there));
    });
  });

  describe('the seed', () => {
    const all = { loss: 0.1, damage: 0.1, duplicate: 0.1, reorder: 0.1, jitter: 5, chunk: 9 };
    const course = (seed?: number): Buffer =>
      joined(new Cable({ ...all, ...(seed !== undefined && { seed }) }).send(sent).there);

    it('determines which faults happen', () => {
      expect(course(7).equals(course(7))).toBe(true);
      expect(course(7).equals(course(8))).toBe(false);
      expect(course().equals(course(1))).toBe(true);
    });

    it('does not restart when the transport is opened again', () => {
      const clock = new Clock();
      const [one, two] = memoryPair({ scheduler: clock });
      const transport = faulty(one, { loss: 0.5 });
      const courses = [0, 1].map(() => {
        const arrived: number[] = [];
        const far = two
          .open()
          .pipe(retry())
          .subscribe(({ bytes$ }) => bytes$.subscribe((chunk) => arrived.push(...numbers([chunk]))));
        const near = transport.open().subscribe((end) => sent.slice(0, 100).forEach((chunk) => end.write(chunk)));
        clock.pass(10);
        near.unsubscribe();
        far.unsubscribe();
        clock.pass(10);
        return arrived;
      });
      expect(courses[0]!.length).toBeGreaterThan(20);
      expect(courses[1]).not.toEqual(courses[0]);
    });
  });

  describe('on closing', () => {
    it('leaves no timer, and delivers nothing that was in transit', () => {
      const cable = new Cable({ delay: 50 });
      cable.near.write(pattern(10));
      cable.far.write(pattern(10));
      cable.clock.pass(10);
      cable.opening.unsubscribe();
      // What is due now is the news of the closing, for the other end.
      const later = cable.clock.actions.filter(({ closed, delay }) => !closed && delay > cable.clock.now());
      expect(later).toHaveLength(0);
      cable.clock.pass(1000);
      expect([cable.there, cable.back]).toEqual([[], []]);
    });

    it('completes its bytes and refuses writes', () => {
      const cable = new Cable({});
      let completed = false;
      let code: unknown;
      cable.near.bytes$.subscribe({ complete: () => (completed = true) });
      cable.opening.unsubscribe();
      cable.near
        .write(pattern(1))
        .subscribe({ error: (error: unknown) => (code = isOpenMVError(error) && error.code) });
      expect([completed, code]).toEqual([true, 'LINK_LOST']);
    });

    it('closes the transport that it wraps', () => {
      let open = 0;
      const transport: Transport = {
        name: 'counted',
        open: () =>
          new Observable((subscriber) => {
            open++;
            subscriber.next({ bytes$: NEVER, write: () => EMPTY });
            return () => open--;
          }),
      };
      const opening = faulty(transport, { delay: 5 }).open().subscribe();
      expect(open).toBe(1);
      opening.unsubscribe();
      expect(open).toBe(0);
    });
  });

  it('reports the loss of the transport that it wraps', () => {
    const lost$ = new Subject<Connection>();
    let error: unknown;
    faulty({ name: 'lost', open: () => lost$ })
      .open()
      .subscribe({ error: (thrown: unknown) => (error = thrown) });
    lost$.error('gone');
    expect(error).toBe('gone');
  });

  it('can wrap a connection that is already open', () => {
    const written: Uint8Array[] = [];
    const connection: Connection = {
      bytes$: NEVER,
      write: (bytes) => {
        written.push(bytes);
        return EMPTY;
      },
    };
    faultyConnection(connection, { outgoing: { loss: 0.5 }, seed: 3 }).subscribe((end) => {
      for (const chunk of sent) end.write(chunk);
    });
    expect(written.length).toBeGreaterThan(900);
    expect(written.length).toBeLessThan(1100);
  });

  it.each<[FaultyOptions, boolean]>([
    [{ loss: 0.1, damage: 0.1, delay: 3 }, true],
    [{ reorder: 0.01 }, false],
    [{ duplicate: 0.01 }, false],
    [{ incoming: { reorder: 0.01 } }, false],
  ])('with %j says whether packets keep their order: %s', (options, isOrdered) => {
    const wrapped: Connection = { bytes$: NEVER, write: () => EMPTY };
    let seen: Connection | undefined;
    faultyConnection(wrapped, options).subscribe((connection) => (seen = connection));
    expect(seen?.isOrdered).toBe(isOrdered);
    faultyConnection({ ...wrapped, isOrdered: false }).subscribe((connection) => (seen = connection));
    expect(seen?.isOrdered).toBe(false);
  });

  describe('when what it wraps has an end', () => {
    /** A source of one chunk that ends, and what is seen of it through the faults, with the times. */
    function seenOf(
      options: FaultyOptions,
      wrap: (source: Transport, options: FaultyOptions) => Observable<Connection>,
    ) {
      const clock = new Clock();
      const seen: string[] = [];
      const see = (what: string) => () => seen.push(`${what} at ${clock.now()}`);
      const source: Transport = {
        name: 'ending',
        open: () => {
          const bytes$ = new Subject<Uint8Array>();
          const ending = (subscriber: Subscriber<Connection>): void => {
            subscriber.next({ bytes$, write: () => EMPTY });
            bytes$.next(pattern(3));
            bytes$.complete();
            subscriber.complete();
          };
          return new Observable(ending);
        },
      };
      wrap(source, { scheduler: clock, ...options }).subscribe({
        next: ({ bytes$ }) => bytes$.subscribe({ next: see('bytes'), complete: see('the end of bytes$') }),
        complete: see('the end'),
      });
      clock.pass(1000);
      return seen;
    }

    describe.each([
      ['faulty', (source: Transport, options: FaultyOptions) => faulty(source, options).open()],
      [
        'faultyConnection',
        (source: Transport, options: FaultyOptions) =>
          source.open().pipe(switchMap((connection) => faultyConnection(connection, options))),
      ],
    ])('%s', (_, wrap) => {
      it('completes as that does', () => {
        expect(seenOf({}, wrap)).toEqual(['bytes at 0', 'the end of bytes$ at 0', 'the end at 0']);
      });

      it('delivers the bytes under way first', () => {
        expect(seenOf({ delay: 40 }, wrap)).toEqual(['bytes at 40', 'the end of bytes$ at 40', 'the end at 40']);
      });
    });
  });

  it.each([
    { loss: -0.1 },
    { damage: 1.1 },
    { duplicate: NaN },
    { reorder: 2 },
    { delay: -1 },
    { jitter: -1 },
    { cutAfter: -1 },
    { stallAfter: NaN },
    { chunk: 0 },
    { chunk: 1.5 },
    { incoming: { loss: 2 } },
    { outgoing: { chunk: -3 } },
  ])('throws at the call for %j', (options: FaultyOptions) => {
    const [transport] = memoryPair();
    const thrown = (call: () => unknown): unknown => {
      try {
        return call();
      } catch (error) {
        return isOpenMVError(error) && error.code;
      }
    };
    expect(thrown(() => faulty(transport, options))).toBe('INVALID_ARGUMENT');
    expect(thrown(() => faultyConnection({ bytes$: NEVER, write: () => EMPTY }, options))).toBe('INVALID_ARGUMENT');
  });
});

import { filter, firstValueFrom, interval, type Observable, retry, type Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { isOpenMVError, OpenMVError } from '../../lib/errors.js';
import { memoryPair, type MemoryPairOptions } from '../../lib/transport/memory.js';
import type { Connection, Transport } from '../../lib/transport/transport.js';
import { type Way, written } from '../contracts/far-end.js';
import { transportContract } from '../contracts/transport-contract.js';

const kinds: MemoryPairOptions[] = [{}, { latencyMs: 1 }, { chunkBytes: 1000 }];
for (const options of kinds) transportContract(`memory ${JSON.stringify(options)}`, () => cable(options));

function cable(options: MemoryPairOptions): Promise<Way> {
  const [transport, other] = memoryPair(options);
  const [busy] = memoryPair({ name: 'busy' });
  busy.open().subscribe();
  let far: Connection;
  const plugIn = (): Subscription =>
    other
      .open()
      .pipe(retry())
      .subscribe((connection) => (far = connection));
  let plugged = plugIn();
  return Promise.resolve({
    transport,
    unavailable: busy,
    secondOpening: 'refused',
    farEnd: async () => {
      // Until the far end knows of the loss of an earlier opening.
      await new Promise((resolve) => setTimeout(resolve, (options.latencyMs ?? 0) + 2));
      return {
        bytes$: far.bytes$,
        write: (bytes) => written(far.write(bytes)),
        close: () => plugged.unsubscribe(),
        left: new Promise((resolve) => far.bytes$.subscribe({ complete: () => resolve('left') })),
      };
    },
    restore: () => {
      plugged = plugIn();
      return Promise.resolve();
    },
    dispose: () => {
      plugged.unsubscribe();
      return Promise.resolve();
    },
  });
}

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

function opened(transport: Transport): {
  connection: Connection;
  seen: number[][];
  error: () => unknown;
  close: () => void;
} {
  let connection: Connection | undefined;
  let error: unknown;
  const seen: number[][] = [];
  const subscription = transport.open().subscribe({
    next: (value) => {
      connection = value;
      value.bytes$.subscribe((chunk) => seen.push([...chunk]));
    },
    error: (reason: unknown) => (error = reason),
  });
  return { connection: connection!, seen, error: () => error, close: () => subscription.unsubscribe() };
}

function outcome(written: Observable<never>): () => string {
  let result = 'under way';
  written.subscribe({
    complete: () => (result = 'complete'),
    error: (error: unknown) => (result = isOpenMVError(error) ? error.code : 'another error'),
  });
  return () => result;
}

function virtual(test: (scheduler: TestScheduler) => void): void {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run(() => test(scheduler));
}

describe('memoryPair in virtual time', () => {
  it('delivers after the latency, in order, and then completes the write', () =>
    virtual((scheduler) => {
      const [one, two] = memoryPair({ latencyMs: 20, scheduler });
      const here = opened(one);
      const there = opened(two);
      const first = outcome(here.connection.write(bytes(1)));
      here.connection.write(bytes(2, 3));
      scheduler.schedule(() => expect([first(), there.seen]).toEqual(['under way', []]), 19);
      scheduler.schedule(() => expect([first(), there.seen]).toEqual(['complete', [[1], [2, 3]]]), 21);
      scheduler.flush();
      expect(there.seen).toHaveLength(2);
    }));

  it('delivers the bytes written before an end was closed, then reports the loss', () =>
    virtual((scheduler) => {
      const [one, two] = memoryPair({ latencyMs: 5, scheduler });
      const here = opened(one);
      const there = opened(two);
      const late = outcome(there.connection.write(bytes(9)));
      const written = outcome(here.connection.write(bytes(7)));
      here.close();
      expect(there.error()).toBeUndefined();
      scheduler.flush();
      expect(there.seen).toEqual([[7]]);
      expect(there.error()).toMatchObject({ code: 'LINK_LOST' });
      expect([written(), late()]).toEqual(['complete', 'LINK_LOST']);
      expect(outcome(here.connection.write(bytes(1)))()).toBe('LINK_LOST');
    }));

  it('separates a reopened end from the session that is about to be lost', () =>
    virtual((scheduler) => {
      const [one, two] = memoryPair({ latencyMs: 5, scheduler });
      const first = opened(one);
      const doomed = opened(two);
      first.close();
      const second = opened(one);
      doomed.connection.write(bytes(1));
      second.connection.write(bytes(2));
      scheduler.flush();
      expect([second.seen, doomed.seen]).toEqual([[], []]);
      expect(doomed.error()).toMatchObject({ code: 'LINK_LOST' });
      expect(second.error()).toBeUndefined();
      const joined = opened(two);
      joined.connection.write(bytes(3));
      scheduler.flush();
      expect(second.seen).toEqual([[3]]);
    }));

  it('drops bytes written while the other end is closed, and completes the write', () =>
    virtual((scheduler) => {
      const [one, two] = memoryPair({ scheduler });
      const here = opened(one);
      const written = outcome(here.connection.write(bytes(1)));
      const there = opened(two);
      scheduler.flush();
      expect([written(), there.seen]).toEqual(['complete', []]);
    }));

  it('splits writes longer than chunkBytes, and copies only those', () =>
    virtual((scheduler) => {
      const [one, two] = memoryPair({ scheduler, chunkBytes: 2 });
      const chunks: Uint8Array[] = [];
      two.open().subscribe(({ bytes$ }) => bytes$.subscribe((chunk) => chunks.push(chunk)));
      const here = opened(one);
      const whole = bytes(6, 7);
      const long = bytes(1, 2, 3, 4, 5);
      here.connection.write(long);
      here.connection.write(whole);
      scheduler.flush();
      long.fill(0);
      expect(chunks.map((chunk) => [...chunk])).toEqual([[1, 2], [3, 4], [5], [6, 7]]);
      expect(chunks[3]).toBe(whole);
    }));
});

describe('memoryPair in real time', () => {
  it('never delivers inside the call that writes', async () => {
    const [one, two] = memoryPair();
    const here = opened(one);
    const there = opened(two);
    here.connection.write(bytes(1));
    expect(there.seen).toEqual([]);
    await Promise.resolve();
    await Promise.resolve();
    expect(there.seen).toEqual([[1]]);
  });

  it('lets timers run while both ends answer each other endlessly', async () => {
    const [one, two] = memoryPair();
    let rounds = 0;
    const there = two.open().subscribe((connection) => {
      connection.bytes$.subscribe((chunk) => {
        rounds++;
        connection.write(chunk);
      });
    });
    const here = one.open().subscribe((connection) => {
      connection.bytes$.subscribe((chunk) => connection.write(chunk));
      connection.write(bytes(1));
    });
    await firstValueFrom(interval(1).pipe(filter(() => rounds > 256)));
    here.unsubscribe();
    there.unsubscribe();
  });

  it('keeps the order of many writes over several turns', async () => {
    const [one, two] = memoryPair();
    const here = opened(one);
    const there = opened(two);
    await Promise.all(
      Array.from({ length: 2000 }, (_, i) => {
        const written = here.connection.write(bytes(i & 0xff, i >> 8));
        return new Promise<void>((resolve, reject) => written.subscribe({ complete: resolve, error: reject }));
      }),
    );
    expect(there.seen.map(([low, high]) => low! + high! * 256)).toEqual(Array.from({ length: 2000 }, (_, i) => i));
  });

  it('refuses invalid options at the call', () => {
    expect(() => memoryPair({ latencyMs: -1 })).toThrow(OpenMVError);
    expect(() => memoryPair({ chunkBytes: 0 })).toThrow(OpenMVError);
  });
});

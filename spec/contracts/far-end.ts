import { BehaviorSubject, filter, firstValueFrom, type Observable, Subscription, tap } from 'rxjs';
import type { Connection, Transport } from '../../lib/transport/transport.js';

/** What a transport under test is connected to, written without this library where that is possible. */
export interface FarEnd {
  /** Everything that arrives there. */
  readonly bytes$: Observable<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
  /** Goes away, as a camera does that is unplugged. */
  close(): void;
  /** When the near end has closed, where the way between the ends tells that. */
  readonly left?: Promise<unknown>;
  /** Leaves bytes where they are until `release`, where the way between the ends has room for them. */
  hold?(): { release(): void };
}

/** A transport and its surroundings, made anew for each test. */
export interface Way {
  readonly transport: Transport;
  /** The far end of the present opening of `transport`. */
  farEnd(): Promise<FarEnd>;
  /** A transport of the same kind that can't be opened. */
  readonly unavailable: Transport;
  /** Whether a second opening is `refused` while the first is there (a port), or leads elsewhere (a server). */
  readonly secondOpening: 'refused' | 'independent';
  /**
   * How many bytes may be on their way in both directions together, where there is a limit: a way that does not read while
   * a write waits for room waits for ever when both ends have written more than lies between them.
   */
  readonly bothWaysBytes?: number;
  /** Makes opening possible again after the far end went away, if it needs more than opening. */
  restore?(): Promise<void>;
  dispose(): Promise<void>;
}

/** What a server knows an opening by that was not given up while it was made. */
export const GREETING = pattern(16, 0x6ee7);

/** Greets the far end, where each opening has one of its own, as soon as it is open. */
export function greeting(transport: Transport): Transport {
  return { ...transport, open: () => transport.open().pipe(tap((connection) => void connection.write(GREETING))) };
}

/** What comes, and who waits for it. */
export class Arrivals<T> {
  private readonly come: T[] = [];
  private readonly waiting: ((one: T) => void)[] = [];

  push(one: T): void {
    const first = this.waiting.shift();
    if (first) first(one);
    else this.come.push(one);
  }

  /** The next one that nobody has taken. */
  next(): Promise<T> {
    return new Promise((resolve) => {
      const first = this.come.shift();
      if (first === undefined) this.waiting.push(resolve);
      else resolve(first);
    });
  }
}

/** An opening of a transport, and what became of it. */
export interface Opening {
  readonly connection: Promise<Connection>;
  /** Its error, or `'completed'`. */
  readonly ended: Promise<unknown>;
  readonly isOver: () => boolean;
  readonly close: () => void;
}

export function opening(transport: Transport): Opening {
  const subscription = new Subscription();
  let over = false;
  let resolveEnded: (reason: unknown) => void = () => undefined;
  const ended = new Promise<unknown>((resolve) => (resolveEnded = resolve));
  const end = (reason: unknown): void => {
    over = true;
    resolveEnded(reason);
  };
  const connection = new Promise<Connection>((resolve, reject) => {
    subscription.add(
      transport.open().subscribe({
        next: resolve,
        error: (error: unknown) => {
          end(error);
          reject(error instanceof Error ? error : new Error(String(error)));
        },
        complete: () => end('completed'),
      }),
    );
  });
  connection.catch(() => undefined);
  return { connection, ended, isOver: () => over, close: () => subscription.unsubscribe() };
}

/** Everything that arrived, kept chunk by chunk as it came. */
export interface Collected {
  /** All of it, when there are `length` bytes. */
  bytes(length: number): Promise<Uint8Array>;
  /** When the last that came is `marker`. */
  ending(marker: Uint8Array): Promise<void>;
}

/** Subscribes at once. */
export function collect(bytes$: Observable<Uint8Array>): Collected {
  const chunks: Uint8Array[] = [];
  const total$ = new BehaviorSubject(0);
  bytes$.subscribe((chunk) => {
    chunks.push(chunk);
    total$.next(total$.value + chunk.length);
  });
  const when = (there: () => boolean): Promise<unknown> => firstValueFrom(total$.pipe(filter(there)));
  return {
    bytes: async (length) => {
      await when(() => total$.value >= length);
      return Buffer.concat(chunks);
    },
    ending: async (marker) => {
      const last = (): Buffer => Buffer.concat(chunks.slice(-marker.length)).subarray(-marker.length);
      await when(() => Buffer.compare(last(), marker) === 0);
    },
  };
}

/** When a write has completed. */
export function written(write: Observable<never>): Promise<void> {
  return new Promise((resolve, reject) => void write.subscribe({ complete: resolve, error: reject }));
}

/** Bytes that do not repeat, so that a gap, a repeat or a swap of any length shows. */
export function pattern(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

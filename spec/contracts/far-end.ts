import { filter, firstValueFrom, type Observable, scan, share, ReplaySubject, Subscription } from 'rxjs';
import type { Connection, Transport } from '../../lib/transport/transport.js';

/** What a transport under test is connected to, written without this library where that is possible. */
export interface FarEnd {
  /** Everything that arrives there. */
  readonly bytes$: Observable<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
  /** Goes away, as a camera does that is unplugged. */
  close(): void;
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
  /** Makes opening possible again after the far end went away, if it needs more than opening. */
  restore?(): Promise<void>;
  dispose(): Promise<void>;
}

/** An opening of a transport, and what became of it. */
export interface Opening {
  readonly connection: Promise<Connection>;
  /** Its error, or `'completed'`. */
  readonly ended: Promise<unknown>;
  readonly close: () => void;
}

export function opening(transport: Transport): Opening {
  const subscription = new Subscription();
  let end: (reason: unknown) => void = () => undefined;
  const ended = new Promise<unknown>((resolve) => (end = resolve));
  const connection = new Promise<Connection>((resolve, reject) => {
    subscription.add(
      transport.open().subscribe({
        next: resolve,
        error: (error: unknown) => {
          reject(error instanceof Error ? error : new Error(String(error)));
          end(error);
        },
        complete: () => end('completed'),
      }),
    );
  });
  connection.catch(() => undefined);
  return { connection, ended, close: () => subscription.unsubscribe() };
}

/** Subscribes at once and keeps every chunk as it came; the promise resolves when `length` bytes are there. */
export function collect(bytes$: Observable<Uint8Array>): { bytes(length: number): Promise<Uint8Array> } {
  const chunks: Uint8Array[] = [];
  const total$ = bytes$.pipe(
    scan((sum, chunk) => sum + (chunks.push(chunk), chunk.length), 0),
    share({ connector: () => new ReplaySubject<number>(1), resetOnComplete: false, resetOnRefCountZero: false }),
  );
  total$.subscribe();
  return {
    bytes: async (length) => {
      await firstValueFrom(total$.pipe(filter((total) => total >= length)));
      return Buffer.concat(chunks);
    },
  };
}

/** When a write has completed. */
export function written(write: Observable<never>): Promise<void> {
  return new Promise((resolve, reject) => void write.subscribe({ complete: resolve, error: reject }));
}

/** Bytes that do not repeat, so that a gap, a repeat or a swap of any length shows. */
export function pattern(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

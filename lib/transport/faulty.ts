import {
  asyncScheduler,
  EMPTY,
  Observable,
  type SchedulerLike,
  Subject,
  type Subscriber,
  Subscription,
  switchMap,
  throwError,
} from 'rxjs';
import { type OptionNames, requireOptions, requireTransport } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import type { Connection, Transport } from './transport.js';

/** A sequence of numbers from 0 up to 1 that is the same for the same seed (mulberry32). Not for secrets. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** What may happen to the bytes of one direction. A chunk is what one write, or one arrival, brings. */
export interface Faults {
  /** Share of the chunks that are lost, 0 to 1. Default 0. */
  readonly loss?: number;
  /** Share of the chunks in which one bit is flipped, 0 to 1. Default 0. */
  readonly damage?: number;
  /** Share of the chunks that arrive twice, 0 to 1. Default 0. */
  readonly duplicate?: number;
  /** Share of the chunks that arrive behind the next one, 0 to 1. Default 0. One that no other follows stays behind. */
  readonly reorder?: number;
  /** How long chunks are under way, in milliseconds. Default 0: they arrive inside of the call. */
  readonly delay?: number;
  /** Up to how much longer, at random, in milliseconds; the order is kept. Default 0. */
  readonly jitter?: number;
  /** Chunks are cut into pieces of 1 up to this many bytes, at random; 1 is single bytes. Default: as they are. */
  readonly chunk?: number;
  /** The connection is lost when this many bytes have passed and arrived. Default: never. */
  readonly cutAfter?: number;
  /** Nothing arrives any more when this many bytes have passed, and nobody is told. Default: never. */
  readonly stallAfter?: number;
}

/** What a {@link FaultLine} needs of the world. */
interface FaultLineOptions {
  readonly faults: Faults;
  readonly random: () => number;
  readonly scheduler: SchedulerLike;
  readonly deliver: (chunk: Uint8Array) => void;
  readonly cut: () => void;
}

/** One direction of a faulty connection. Holds what is under way, and one chunk that waits to be overtaken. */
export class FaultLine {
  /** What is under way, in its order, and a timer for each. */
  readonly #arrivals: (() => void)[] = [];
  readonly #timers = new Subscription();
  #overtaken: Uint8Array | undefined;
  #passed = 0;
  #lastArrival = 0;

  constructor(private readonly options: FaultLineOptions) {}

  push(chunk: Uint8Array): void {
    const { loss = 0, damage = 0, duplicate = 0, reorder = 0 } = this.options.faults;
    if (this.#happens(loss)) return;
    const arriving = this.#happens(damage) ? this.#flipOneBit(chunk) : chunk;
    if (this.#overtaken === undefined && this.#happens(reorder)) {
      this.#overtaken = arriving;
      return;
    }
    this.#send(arriving);
    if (this.#happens(duplicate)) this.#send(arriving.slice());
    const overtaken = this.#overtaken;
    this.#overtaken = undefined;
    if (overtaken !== undefined) this.#send(overtaken);
  }

  close(): void {
    this.#timers.unsubscribe();
    this.#arrivals.length = 0;
    this.#overtaken = undefined;
  }

  /** No number is drawn for what can't happen, so that a fault more does not change the course of the others. */
  #happens(share: number): boolean {
    return share > 0 && this.options.random() < share;
  }

  #flipOneBit(chunk: Uint8Array): Uint8Array {
    const damaged = chunk.slice();
    const bit = Math.floor(this.options.random() * 8 * damaged.length);
    damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
    return damaged;
  }

  #send(chunk: Uint8Array): void {
    const { cutAfter = Infinity, stallAfter = Infinity, chunk: most = Infinity } = this.options.faults;
    const end = Math.min(chunk.length, cutAfter - this.#passed, stallAfter - this.#passed);
    for (let at = 0; at < end;) {
      const piece = most === Infinity ? end : Math.min(1 + Math.floor(this.options.random() * most), end - at);
      const arriving = chunk.subarray(at, at + piece);
      this.#later(() => this.options.deliver(arriving));
      at += piece;
    }
    this.#passed += chunk.length;
    if (this.#passed >= cutAfter) this.#later(this.options.cut);
  }

  #later(arrival: () => void): void {
    const { delay = 0, jitter = 0 } = this.options.faults;
    if (delay === 0 && jitter === 0) {
      arrival();
      return;
    }
    const { scheduler, random } = this.options;
    const now = scheduler.now();
    this.#lastArrival = Math.max(this.#lastArrival, now + delay + jitter * random());
    this.#arrivals.push(arrival);
    // Timers count in whole milliseconds and may strike out of turn: whichever does brings what was sent first.
    const timer = scheduler.schedule(() => {
      this.#timers.remove(timer);
      this.#arrivals.shift()?.();
    }, this.#lastArrival - now);
    this.#timers.add(timer);
  }
}

/** Options of {@link faulty}: faults of both directions, and of each that differ. */
export interface FaultyOptions extends Faults {
  /** Faults of what is written, in place of those for both. */
  readonly outgoing?: Faults;
  /** Faults of what arrives, in place of those for both. */
  readonly incoming?: Faults;
  /**
   * Which faults happen: in each direction the same seed and the same chunks give the same faults, whatever the other
   * brings. Default 1.
   */
  readonly seed?: number;
  /** For `delay` and `jitter`. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * A transport with faults: loses, damages, repeats, delays, reorders and cuts what passes, at random from a seed.
 *
 * For testing programs against a bad cable. It opens, closes and errors as the transport it wraps, and errors with
 * `LINK_LOST` when `cutAfter` is reached. A write completes as that of the transport it wraps, or at once where nothing of
 * it was handed on: as on a real wire, nobody is told what becomes of it. Holds what is under way.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when a share is not from 0 to 1, a number is negative, or `chunk` not whole.
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { faulty } from 'openmv-rx/testing';
 * import { VirtualCamera } from 'openmv-rx/virtual';
 *
 * const cable = faulty(new VirtualCamera().transport(), { loss: 0.01, damage: 0.01, seed: 7 });
 * new Camera(cable).frames$.subscribe(({ index }) => console.log(index));
 * ```
 */
export function faulty(transport: Transport, options: FaultyOptions = {}): Transport {
  requireTransport('faulty', transport);
  requireOptions('faulty', options, KNOWN);
  checkFaults(options);
  const chance = chanceOf(options);
  return {
    name: `${transport.name} (faulty)`,
    ...(transport.port !== undefined && { port: transport.port }),
    ...(transport.preferred && { preferred: transport.preferred }),
    open: () => transport.open().pipe(switchMap((connection) => withFaults(connection, options, chance))),
  };
}

/**
 * A connection with faults, as {@link faulty} makes it: for the device end, which is handed connections. When the bytes of
 * the connection complete, so do its own, and what is under way is lost.
 */
export function faultyConnection(connection: Connection, options: FaultyOptions = {}): Observable<Connection> {
  requireOptions('faultyConnection', options, KNOWN);
  checkFaults(options);
  return withFaults(connection, options, chanceOf(options));
}

/** What decides in each direction; it goes on over several openings. */
interface Chance {
  readonly outgoing: () => number;
  readonly incoming: () => number;
}

function chanceOf({ seed = 1 }: FaultyOptions): Chance {
  return { outgoing: seededRandom(seed), incoming: seededRandom(~seed) };
}

function withFaults(connection: Connection, options: FaultyOptions, chance: Chance): Observable<Connection> {
  return new Observable((subscriber) => {
    const { scheduler = asyncScheduler, outgoing, incoming, ...both } = options;
    const bytes$ = new Subject<Uint8Array>();
    let handedOver: Observable<never> = EMPTY;
    const common = { scheduler, cut: () => cut(subscriber) };
    const there = new FaultLine({
      ...common,
      random: chance.outgoing,
      faults: { ...both, ...outgoing },
      deliver: (chunk) => {
        handedOver = connection.write(chunk);
        handedOver.subscribe({ error: () => undefined });
      },
    });
    const back = new FaultLine({
      ...common,
      random: chance.incoming,
      faults: { ...both, ...incoming },
      deliver: (chunk) => bytes$.next(chunk),
    });
    subscriber.add(() => {
      there.close();
      back.close();
      bytes$.complete();
    });
    subscriber.add(
      connection.bytes$.subscribe({ next: (chunk) => back.push(chunk), complete: () => bytes$.complete() }),
    );
    subscriber.next({
      bytes$,
      write: (bytes) => {
        if (subscriber.closed) return throwError(() => new OpenMVError('LINK_LOST', 'the connection is closed'));
        handedOver = EMPTY;
        there.push(bytes);
        return handedOver;
      },
    });
  });
}

function cut(subscriber: Subscriber<Connection>): void {
  subscriber.error(new OpenMVError('LINK_LOST', 'the faulty connection was cut, as it was told to be'));
}

function checkFaults({ outgoing, incoming, ...both }: FaultyOptions): void {
  for (const faults of [both, outgoing ?? {}, incoming ?? {}]) {
    for (const name of ['loss', 'damage', 'duplicate', 'reorder'] as const) check(name, faults[name] ?? 0, 1);
    for (const name of ['delay', 'jitter', 'cutAfter', 'stallAfter'] as const) check(name, faults[name] ?? 0, Infinity);
    const { chunk = Infinity } = faults;
    if (chunk !== Infinity && !(Number.isInteger(chunk) && chunk > 0))
      throw new OpenMVError('INVALID_ARGUMENT', `chunk must be a whole number above 0, not ${chunk}`);
  }
}

function check(name: string, value: number, most: number): void {
  if (value >= 0 && value <= most) return;
  throw new OpenMVError('INVALID_ARGUMENT', `${name} must be from 0 ${most === 1 ? 'to 1' : 'on'}, not ${value}`);
}

const KNOWN: OptionNames<FaultyOptions> = {
  loss: true,
  damage: true,
  duplicate: true,
  reorder: true,
  delay: true,
  jitter: true,
  chunk: true,
  cutAfter: true,
  stallAfter: true,
  outgoing: true,
  incoming: true,
  seed: true,
  scheduler: true,
};

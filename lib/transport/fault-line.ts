import { type SchedulerLike, Subscription } from 'rxjs';

/** Random numbers from 0 up to 1, the same for the same seed (mulberry32). Not for secrets. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** The faults of one direction. They happen to chunks: the bytes of one write, or of one arrival. */
export interface Faults {
  /** The share of chunks that are lost, 0 to 1. Default 0. */
  readonly loss?: number;
  /** The share of chunks in which one bit is flipped, 0 to 1. Default 0. */
  readonly damage?: number;
  /** The share of chunks that arrive twice, 0 to 1. Default 0. */
  readonly duplicate?: number;
  /** The share of chunks that arrive after the next one, 0 to 1. Default 0. Without a next chunk they never arrive. */
  readonly reorder?: number;
  /** How long chunks take to arrive, in milliseconds. Default 0: they arrive within the call. */
  readonly delay?: number;
  /** The most that is added to `delay`, at random, in milliseconds. The order is kept. Default 0. */
  readonly jitter?: number;
  /** Chunks are cut into pieces of 1 to this many bytes, at random; 1 means single bytes. Default: not cut. */
  readonly chunk?: number;
  /** The connection is lost after this many bytes have arrived. Default: never. */
  readonly cutAfter?: number;
  /** After this many bytes nothing arrives any more, silently. Default: never. */
  readonly stallAfter?: number;
}

/** Options of {@link FaultLine}. */
interface FaultLineOptions {
  readonly faults: Faults;
  readonly random: () => number;
  readonly scheduler: SchedulerLike;
  readonly deliver: (chunk: Uint8Array) => void;
  readonly cut: () => void;
}

/** One direction of a faulty connection. Holds the chunks on their way, and one that waits to be overtaken. */
export class FaultLine {
  /** The chunks on their way, in order, and a timer for each. */
  readonly #arrivals: (() => void)[] = [];
  readonly #timers = new Subscription();
  readonly #options: FaultLineOptions;
  #overtaken: Uint8Array | undefined;
  #passed = 0;
  #lastArrival = 0;

  constructor(options: FaultLineOptions) {
    this.#options = options;
  }

  push(chunk: Uint8Array): void {
    const { loss = 0, damage = 0, duplicate = 0, reorder = 0 } = this.#options.faults;
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

  /** Calls `ended` after the chunks on their way have arrived. */
  end(ended: () => void): void {
    this.#later(ended);
  }

  close(): void {
    this.#timers.unsubscribe();
    this.#arrivals.length = 0;
    this.#overtaken = undefined;
  }

  /** Draws no number for a fault that is switched off, so that adding one does not change when the others happen. */
  #happens(share: number): boolean {
    return share > 0 && this.#options.random() < share;
  }

  #flipOneBit(chunk: Uint8Array): Uint8Array {
    const damaged = chunk.slice();
    const bit = Math.floor(this.#options.random() * 8 * damaged.length);
    damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
    return damaged;
  }

  #send(chunk: Uint8Array): void {
    const { cutAfter = Infinity, stallAfter = Infinity, chunk: most = Infinity } = this.#options.faults;
    const end = Math.min(chunk.length, cutAfter - this.#passed, stallAfter - this.#passed);
    for (let at = 0; at < end;) {
      const piece = most === Infinity ? end : Math.min(1 + Math.floor(this.#options.random() * most), end - at);
      const arriving = chunk.subarray(at, at + piece);
      this.#later(() => this.#options.deliver(arriving));
      at += piece;
    }
    this.#passed += chunk.length;
    if (this.#passed >= cutAfter) this.#later(this.#options.cut);
  }

  #later(arrival: () => void): void {
    const { delay = 0, jitter = 0 } = this.#options.faults;
    if (delay === 0 && jitter === 0) {
      arrival();
      return;
    }
    const { scheduler, random } = this.#options;
    const now = scheduler.now();
    this.#lastArrival = Math.max(this.#lastArrival, now + delay + jitter * random());
    this.#arrivals.push(arrival);
    // Timers count in whole milliseconds and may fire out of order. Each delivers the chunk that was sent first.
    const timer = scheduler.schedule(() => {
      this.#timers.remove(timer);
      this.#arrivals.shift()?.();
    }, this.#lastArrival - now);
    this.#timers.add(timer);
  }
}

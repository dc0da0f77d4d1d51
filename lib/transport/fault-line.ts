import { Subscription, type SchedulerLike } from 'rxjs';

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
export interface FaultLineOptions {
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

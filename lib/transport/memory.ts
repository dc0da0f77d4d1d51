import { asapScheduler, asyncScheduler, Observable, type SchedulerLike, type Subscriber } from 'rxjs';
import { type OptionNames, requireOptions, requireWhole, requireNumber } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { BaseConnection, fromCallback } from './connection.js';
import type { Connection, Transport } from './transport.js';

/** Deliveries between two turns of the platform's timers: so many that they do not slow down throughput. */
const MICROTASKS_A_TURN = 256;

/**
 * Runs work outside the caller's stack, each in its own microtask, in order. After 256 of them the
 * platform's timers get a turn. Otherwise two ends that answer each other for ever would keep the event
 * loop in its microtasks, and no timeout would ever fire.
 */
function fairDelivery(): (work: () => void) => void {
  let inThisTurn = 0;
  let held: (() => void)[] = [];

  const nextTurn = (): void => {
    inThisTurn = 0;
    const due = held;
    held = [];
    due.forEach(submit);
  };

  function submit(work: () => void): void {
    if (inThisTurn === 0) asyncScheduler.schedule(nextTurn);
    if (inThisTurn >= MICROTASKS_A_TURN) {
      held.push(work);
      return;
    }
    inThisTurn++;
    asapScheduler.schedule(work);
  }

  return submit;
}

/** Options of {@link memoryPair}. */
export interface MemoryPairOptions {
  /** The name of both ends, as errors show it. Default `'memory'`. */
  readonly name?: string;
  /** The delay in milliseconds until bytes arrive, and until the other end learns that this one was closed. Default 0. */
  readonly latencyMs?: number;
  /** The most bytes in one chunk. A longer write arrives in several chunks. Default: chunks as written. */
  readonly chunkBytes?: number;
  /** The scheduler of deliveries. Default: microtasks, with turns for timers between them; with a latency, timers. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Two transports that are the two ends of one cable: bytes that are written to one end arrive at the other.
 *
 * Each `open()` is cold, emits its connection within the subscribing call, and never completes. An end can be open
 * once at a time: a second subscriber gets `PORT_UNAVAILABLE`. When one end closes while both are open, the other
 * end's `open()` errors with `LINK_LOST`, after the bytes that were written before. Both can be opened again, in any
 * order. Bytes that are written while the other end is not open are dropped, as on a cable with a loose end.
 *
 * Bytes arrive in the order they were written, and never inside the call that writes them. `write()` starts at once and
 * completes when the bytes were delivered or dropped, so a writer that waits for it is as fast as the reader. It errors with
 * `LINK_LOST` when either end was closed first. The pair holds only the bytes on their way, without a limit.
 *
 * Nothing is copied: the written array is the chunk that arrives. It belongs to the reader from the call
 * on, so write a copy of an array that you want to use again. With `chunkBytes`, each chunk is a copy of its part.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when `latencyMs` is negative or `chunkBytes` is not a whole number above 0.
 *
 * @example
 * ```ts
 * import { memoryPair } from 'openmv-rx/testing';
 *
 * const [here, there] = memoryPair({ chunkBytes: 64 });
 * there.open().subscribe(({ bytes$ }) => bytes$.subscribe((bytes) => console.log(bytes.length)));
 * here.open().subscribe((connection) => connection.write(new Uint8Array(100))); // 64, 36
 * ```
 */
export function memoryPair(options: MemoryPairOptions = {}): [Transport, Transport] {
  requireOptions('memoryPair', options, KNOWN);
  const { name = 'memory', latencyMs = 0, chunkBytes = Infinity, scheduler } = options;
  requireNumber('latencyMs', latencyMs, 0);
  if (chunkBytes !== Infinity) requireWhole('chunkBytes', chunkBytes, 1);

  // Both directions share one queue, so everything arrives in the order it was sent.
  const timer = scheduler ?? (latencyMs > 0 ? asyncScheduler : undefined);
  const deliver: Deliver = timer ? (work) => void timer.schedule(work, latencyMs) : fairDelivery();
  const cable: Cable = { name, chunkBytes, deliver };
  const one = new End(cable);
  const two = new End(cable);
  return [end(one, two), end(two, one)];
}

type Deliver = (work: () => void) => void;

interface Cable {
  readonly name: string;
  readonly chunkBytes: number;
  readonly deliver: Deliver;
}

function end(mine: End, other: End): Transport {
  return { name: mine.cable.name, open: () => new Observable((subscriber) => mine.plugIn(subscriber, other)) };
}

class End {
  connection: MemoryConnection | undefined;
  readonly cable: Cable;

  constructor(cable: Cable) {
    this.cable = cable;
  }

  plugIn(subscriber: Subscriber<Connection>, other: End): void {
    const { name } = this.cable;
    if (this.connection) {
      subscriber.error(new OpenMVError('PORT_UNAVAILABLE', `${name}: this end is already in use`));
      return;
    }
    const connection = new MemoryConnection(this.cable, (error) => subscriber.error(error));
    this.connection = connection;
    // Don't join an end that is about to learn of its loss: it has to be opened again first.
    if (other.connection?.isDoomed === false) connection.join(other.connection);
    subscriber.add(() => {
      this.connection = undefined;
      connection.close();
    });
    subscriber.next(connection);
  }
}

/** One opening of an end, joined to one opening of the other end: bytes never reach a later opening than they were meant for. */
class MemoryConnection extends BaseConnection {
  readonly #cable: Cable;
  #peer: MemoryConnection | undefined;
  /** The other end has closed, and the news is on its way. */
  isDoomed = false;

  constructor(cable: Cable, onLost: (error: OpenMVError) => void) {
    super(cable.name, onLost);
    this.#cable = cable;
  }

  join(peer: MemoryConnection): void {
    this.#peer = peer;
    peer.#peer = this;
  }

  protected send(bytes: Uint8Array): Observable<never> {
    const peer = this.#peer;
    return fromCallback((done) => {
      this.#cable.deliver(() => {
        if (peer?.isClosed) {
          done(this.#otherEndClosed());
          return;
        }
        if (peer) peer.#deliver(bytes);
        done();
      });
    });
  }

  protected release(): void {
    const peer = this.#peer;
    this.#peer = undefined;
    if (!peer) return;
    peer.#peer = undefined;
    peer.isDoomed = true;
    this.#cable.deliver(() => peer.lose(this.#otherEndClosed()));
  }

  #deliver(bytes: Uint8Array): void {
    const { chunkBytes } = this.#cable;
    if (bytes.length <= chunkBytes) this.receive(bytes);
    else for (let i = 0; i < bytes.length; i += chunkBytes) this.receive(bytes.slice(i, i + chunkBytes));
  }

  #otherEndClosed(): OpenMVError {
    return new OpenMVError('LINK_LOST', `${this.name}: the other end was closed`);
  }
}

const KNOWN: OptionNames<MemoryPairOptions> = { name: true, latencyMs: true, chunkBytes: true, scheduler: true };

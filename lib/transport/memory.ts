import {
  asapScheduler,
  asyncScheduler,
  AsyncSubject,
  Observable,
  type SchedulerLike,
  Subject,
  type Subscriber,
  throwError,
} from 'rxjs';
import { type OptionNames, requireOptions } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import type { Connection, Transport } from './transport.js';

/** Deliveries between two timers of the platform: large enough that throughput does not notice. */
const MICROTASKS_A_TURN = 256;

/**
 * A way to run work outside the caller's stack: each in a microtask of its own, in order, but after 256 of them only
 * once the platform's timers had their turn. Two ends that answer each other for ever would otherwise keep the event
 * loop in its microtasks, and no deadline would ever strike.
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

/** What {@link memoryPair} may be told. */
export interface MemoryPairOptions {
  /** The name of both ends, as it stands in errors. Default `'memory'`. */
  readonly name?: string;
  /** How long bytes, and the news that an end was closed, are under way, in milliseconds. Default 0. */
  readonly latencyMs?: number;
  /** The most bytes that arrive in one chunk: what is longer arrives in several. Default: as written. */
  readonly chunkBytes?: number;
  /** Where the time comes from. Default: microtasks, with a turn for timers in between; timers if there is a latency. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Two transports that are the two ends of one cable: bytes that are written to one end arrive at the other.
 *
 * Each `open()` is cold, emits its connection while it is being subscribed to, and never completes. An end can be open
 * once at a time: a second subscriber gets `PORT_UNAVAILABLE`. When an end is closed while both are open, the other
 * end's `open()` errors with `LINK_LOST`, behind the bytes that were written before; both can be opened again, in any
 * order. Bytes that are written while the other end is not open are dropped, as on a cable with nothing at its end.
 *
 * Bytes arrive in the order they were written and never inside the call that wrote them. `write()` starts at once and
 * completes when the bytes were delivered or dropped, so whoever waits for it is as fast as the reader; it errors with
 * `LINK_LOST` when either end was closed before. The pair holds what is under way and nothing else, and has no limit of
 * its own.
 *
 * Nothing is copied: the array that was written is the chunk that arrives. It belongs to the reader from the call
 * on, so a writer that wants to use it again writes a copy. With `chunkBytes` each chunk is a copy of its part.
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
  if (!(latencyMs >= 0)) throw new OpenMVError('INVALID_ARGUMENT', `latencyMs must not be negative, not ${latencyMs}`);
  if (!(chunkBytes === Infinity || (Number.isInteger(chunkBytes) && chunkBytes > 0)))
    throw new OpenMVError('INVALID_ARGUMENT', `chunkBytes must be a whole number above 0, not ${chunkBytes}`);

  // One queue for both ways: all that is under way arrives in the order it was sent.
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
  session: Session | undefined;

  constructor(readonly cable: Cable) {}

  plugIn(subscriber: Subscriber<Connection>, other: End): void {
    const { name } = this.cable;
    if (this.session) {
      subscriber.error(new OpenMVError('PORT_UNAVAILABLE', `${name}: this end is already in use`));
      return;
    }
    const session = new Session(this.cable, subscriber);
    this.session = session;
    // An end that is about to learn of its loss is not joined: it has to be opened again first.
    if (other.session?.doomed === false) session.join(other.session);
    subscriber.add(() => {
      this.session = undefined;
      session.close();
    });
    subscriber.next(session);
  }
}

/** One opening of an end, and what it is joined to: bytes never reach a later opening than the one they were meant for. */
class Session implements Connection {
  private readonly arriving = new Subject<Uint8Array>();
  readonly bytes$ = this.arriving.asObservable();
  doomed = false;
  private open = true;
  private peer: Session | undefined;

  constructor(
    private readonly cable: Cable,
    private readonly subscriber: Subscriber<Connection>,
  ) {}

  join(peer: Session): void {
    this.peer = peer;
    peer.peer = this;
  }

  write(bytes: Uint8Array): Observable<never> {
    const { name, deliver } = this.cable;
    if (!this.open) return throwError(() => new OpenMVError('LINK_LOST', `${name}: this end was closed`));
    const { peer } = this;
    const done = new AsyncSubject<never>();
    deliver(() => {
      if (peer?.open === false) {
        done.error(new OpenMVError('LINK_LOST', `${name}: the other end was closed`));
        return;
      }
      peer?.receive(bytes);
      done.complete();
    });
    return done.asObservable();
  }

  close(): void {
    const { peer } = this;
    this.open = false;
    this.peer = undefined;
    this.arriving.complete();
    if (!peer) return;
    peer.peer = undefined;
    peer.doomed = true;
    this.cable.deliver(() => {
      peer.subscriber.error(new OpenMVError('LINK_LOST', `${this.cable.name}: the other end was closed`));
    });
  }

  private receive(bytes: Uint8Array): void {
    const { chunkBytes } = this.cable;
    if (bytes.length > chunkBytes) {
      for (let i = 0; i < bytes.length; i += chunkBytes) this.arriving.next(bytes.slice(i, i + chunkBytes));
    } else if (bytes.length > 0) this.arriving.next(bytes);
  }
}

const KNOWN: OptionNames<MemoryPairOptions> = { name: true, latencyMs: true, chunkBytes: true, scheduler: true };

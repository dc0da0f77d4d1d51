import { asyncScheduler, EMPTY, Observable, type SchedulerLike, Subscription, switchMap } from 'rxjs';
import { type OptionNames, requireOptions, requireTransport, requireWhole, requireNumber } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { BaseConnection } from './connection.js';
import { type Faults, FaultLine, seededRandom } from './fault-line.js';
import type { Connection, Transport } from './transport.js';

/** Options of {@link faulty}: the faults of both directions, and those in which one direction differs. */
export interface FaultyOptions extends Faults {
  /** Faults of the written bytes, in place of those for both directions. */
  readonly outgoing?: Faults;
  /** Faults of the arriving bytes, in place of those for both directions. */
  readonly incoming?: Faults;
  /**
   * Chooses which faults happen. In each direction, the same seed and the same chunks give the same faults, independent of the other
   * direction. Default 1.
   */
  readonly seed?: number;
  /** The scheduler for `delay` and `jitter`. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * A transport with faults: it loses, damages, repeats, delays, reorders and cuts chunks, at random from a seed.
 *
 * Use it to test programs against a bad cable. It opens, closes, completes and errors as the transport it wraps, and errors with
 * `LINK_LOST` when `cutAfter` is reached. A write completes as that of the wrapped transport, or at once if none of its bytes
 * were passed on: as on a real wire, nobody learns about a loss. Holds the chunks on their way.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when a share is not from 0 to 1, a number is negative, or `chunk` is not whole.
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
  const name = `${transport.name} (faulty)`;
  return {
    name,
    ...(transport.port !== undefined && { port: transport.port }),
    ...(transport.preferred && { preferred: transport.preferred }),
    open: () => transport.open().pipe(switchMap((connection) => withFaults(name, connection, options, chance))),
  };
}

/**
 * A connection with the faults of {@link faulty}, for the camera's end, which attaches connections. When the `bytes$` of
 * the wrapped connection completes, this one delivers the chunks on their way, and then completes, too.
 */
export function faultyConnection(connection: Connection, options: FaultyOptions = {}): Observable<Connection> {
  requireOptions('faultyConnection', options, KNOWN);
  checkFaults(options);
  return withFaults('the faulty connection', connection, options, chanceOf(options));
}

/** The random numbers of both directions. They continue when the transport is opened again. */
interface Chance {
  readonly outgoing: () => number;
  readonly incoming: () => number;
}

function chanceOf({ seed = 1 }: FaultyOptions): Chance {
  return { outgoing: seededRandom(seed), incoming: seededRandom(~seed) };
}

function withFaults(
  name: string,
  connection: Connection,
  options: FaultyOptions,
  chance: Chance,
): Observable<Connection> {
  return new Observable((subscriber) => {
    const wrapped = new FaultyConnection(name, connection, options, chance, (error) => subscriber.error(error));
    subscriber.add(() => wrapped.close());
    wrapped.start(() => subscriber.complete());
    subscriber.next(wrapped);
  });
}

class FaultyConnection extends BaseConnection {
  readonly isOrdered: boolean;
  readonly #wrapped: Connection;
  readonly #outgoing: FaultLine;
  readonly #incoming: FaultLine;
  readonly #reading = new Subscription();
  /** The last write that was passed on. */
  #passedOn: Observable<never> = EMPTY;

  constructor(
    name: string,
    wrapped: Connection,
    { scheduler = asyncScheduler, outgoing, incoming, ...both }: FaultyOptions,
    chance: Chance,
    onLost: (error: OpenMVError) => void,
  ) {
    super(name, onLost);
    this.isOrdered = wrapped.isOrdered !== false && ![both, outgoing, incoming].some(changesOrder);
    this.#wrapped = wrapped;
    const cut = (): void => this.lose(new OpenMVError('LINK_LOST', `${name} was cut after the bytes of cutAfter`));
    this.#outgoing = new FaultLine({
      scheduler,
      cut,
      random: chance.outgoing,
      faults: { ...both, ...outgoing },
      deliver: (chunk) => {
        this.#passedOn = wrapped.write(chunk);
        this.#passedOn.subscribe({ error: () => undefined });
      },
    });
    this.#incoming = new FaultLine({
      scheduler,
      cut,
      random: chance.incoming,
      faults: { ...both, ...incoming },
      deliver: (chunk) => this.receive(chunk),
    });
  }

  /** Closes and calls `ended` when the wrapped bytes complete. */
  start(ended: () => void): void {
    const end = (): void => {
      this.close();
      ended();
    };
    this.#reading.add(
      this.#wrapped.bytes$.subscribe({
        next: (chunk) => this.#incoming.push(chunk),
        complete: () => this.#incoming.end(end),
      }),
    );
  }

  protected send(bytes: Uint8Array): Observable<never> {
    this.#passedOn = EMPTY;
    this.#outgoing.push(bytes);
    return this.#passedOn;
  }

  protected release(): void {
    this.#reading.unsubscribe();
    this.#outgoing.close();
    this.#incoming.close();
  }
}

function checkFaults({ outgoing, incoming, ...both }: FaultyOptions): void {
  for (const faults of [both, outgoing ?? {}, incoming ?? {}]) {
    for (const name of ['loss', 'damage', 'duplicate', 'reorder'] as const)
      requireNumber(name, faults[name] ?? 0, 0, 1);
    for (const name of ['delay', 'jitter', 'cutAfter', 'stallAfter'] as const)
      requireNumber(name, faults[name] ?? 0, 0);
    const { chunk = Infinity } = faults;
    if (chunk !== Infinity) requireWhole('chunk', chunk, 1);
  }
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

function changesOrder(faults: Faults | undefined): boolean {
  return (faults?.reorder ?? 0) > 0 || (faults?.duplicate ?? 0) > 0;
}

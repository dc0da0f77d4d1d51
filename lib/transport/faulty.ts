import {
  asyncScheduler,
  EMPTY,
  Observable,
  type SchedulerLike,
  Subject,
  switchMap,
  throwError,
  type Subscriber,
} from 'rxjs';
import { requireOptions, requireTransport, type OptionNames } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { FaultLine, type Faults } from './fault-line.js';
import { seededRandom } from './random.js';
import type { Connection, Transport } from './transport.js';

export type { Faults } from './fault-line.js';

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
 * import { Camera, faulty, VirtualCamera } from 'openmv-rx';
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

import { EMPTY, Observable, type SchedulerLike, Subject } from 'rxjs';
import { FaultLine, type Faults, seededRandom } from '../../../lib/transport/fault-line.js';
import type { Connection, Transport } from '../../../lib/transport/transport.js';
import { Decoder } from '../../../lib/wire/decoder.js';
import { encodePacket } from '../../../lib/wire/encoder.js';
import { HEADER_BYTES, isPacket, type Packet } from '../../../lib/wire/packet.js';

/** Which way: to the camera, or from it. */
export type Way = 'out' | 'in';

/** What becomes of one packet: it passes, or other bytes do in its place. */
export type Fate = (packet: Packet, bytes: Uint8Array) => Uint8Array | undefined;

/** Where damage strikes a packet: at any bit, or in its payload alone, where it has one. */
export type Strikes = 'anywhere' | 'payloads';

/** One packet on the wire, when `record` is on. */
export interface Passed {
  readonly way: Way;
  readonly packet: Packet;
  readonly atMs: number;
  readonly fate: 'intact' | 'damaged' | 'lost';
}

/**
 * A cable with faults that can be switched while it is in use, a plug to pull, and rules for single packets. Loss and
 * damage strike packets, also where several go in one write, whose rest arrives in one chunk.
 */
export class Wire {
  /** Packets that passed, or should have, since the beginning. */
  readonly packets = { out: 0, in: 0 };
  readonly bytes = { out: 0, in: 0 };
  readonly seen: Passed[] = [];
  record = false;
  openings = 0;
  readonly #random: Record<Way, () => number>;
  readonly #fates: Record<Way, Fate[]> = { out: [], in: [] };
  #faults: Record<Way, Faults> = { out: {}, in: {} };
  #unplugged$ = new Subject<never>();
  #changed$ = new Subject<void>();

  constructor(
    private readonly clock: SchedulerLike,
    seed = 1,
    private readonly strikes: Strikes = 'anywhere',
  ) {
    this.#random = { out: seededRandom(seed), in: seededRandom(~seed) };
  }

  /** From now on; what waits to be overtaken is lost. */
  faults(both: Faults, out: Faults = {}, back: Faults = {}): void {
    this.#faults = { out: { ...both, ...out }, in: { ...both, ...back } };
    this.#changed$.next();
  }

  /** Decides about each packet until it has changed or swallowed `times` of them. */
  once(way: Way, fate: Fate, times = 1): void {
    let left = times;
    const rule: Fate = (packet, bytes) => {
      const result = left > 0 ? fate(packet, bytes) : bytes;
      if (result !== bytes) left--;
      return result;
    };
    this.#fates[way].push(rule);
  }

  unplug(): void {
    const unplugged$ = this.#unplugged$;
    this.#unplugged$ = new Subject();
    unplugged$.error(new Error('unplugged'));
  }

  through(transport: Transport): Transport {
    return {
      name: transport.name,
      open: () =>
        new Observable((subscriber) => {
          this.openings++;
          subscriber.add(this.#unplugged$.subscribe(subscriber));
          subscriber.add(
            transport.open().subscribe({
              next: (connection) => subscriber.next(this.#faulty(connection, (teardown) => subscriber.add(teardown))),
              error: (error: unknown) => subscriber.error(error),
            }),
          );
        }),
    };
  }

  #faulty(connection: Connection, onClose: (teardown: () => void) => void): Connection {
    const bytes$ = new Subject<Uint8Array>();
    const out = this.#line(
      'out',
      (chunk) => void connection.write(chunk).subscribe({ error: () => undefined }),
      onClose,
    );
    const back = this.#line('in', (chunk) => bytes$.next(chunk), onClose);
    const arriving = connection.bytes$.subscribe(back);
    onClose(() => {
      arriving.unsubscribe();
      bytes$.complete();
    });
    return {
      bytes$,
      write: (bytes) => {
        out(bytes);
        return EMPTY;
      },
    };
  }

  #line(
    way: Way,
    deliver: (chunk: Uint8Array) => void,
    onClose: (teardown: () => void) => void,
  ): (bytes: Uint8Array) => void {
    const decoder = new Decoder();
    const make = (): FaultLine => {
      const faults = { ...this.#faults[way], loss: 0, damage: 0 };
      const random = this.#random[way];
      return new FaultLine({ faults, random, scheduler: this.clock, deliver, cut: () => undefined });
    };
    // A line that was replaced still delivers what it holds.
    const lines = [make()];
    const changes = this.#changed$.subscribe(() => lines.push(make()));
    onClose(() => {
      changes.unsubscribe();
      lines.forEach((line) => line.close());
    });
    return (bytes) => {
      const passing = decoder.push(bytes.slice()).flatMap((unit) => {
        if (!isPacket(unit)) throw new Error(`what went ${way} is not a packet`);
        return this.#fate(way, unit) ?? [];
      });
      if (passing.length > 0) lines.at(-1)!.push(new Uint8Array(Buffer.concat(passing)));
    };
  }

  #fate(way: Way, packet: Packet): Uint8Array | undefined {
    this.packets[way]++;
    const bytes = encodePacket(packet);
    this.bytes[way] += bytes.length;
    const passing = this.#strike(way, packet, bytes);
    if (this.record) {
      const fate = passing === bytes ? 'intact' : passing === undefined ? 'lost' : 'damaged';
      this.seen.push({ way, packet, atMs: this.clock.now(), fate });
    }
    return passing;
  }

  #strike(way: Way, packet: Packet, bytes: Uint8Array): Uint8Array | undefined {
    for (const fate of this.#fates[way]) {
      const passing = fate(packet, bytes);
      if (passing !== bytes) return passing;
    }
    const { loss = 0, damage = 0 } = this.#faults[way];
    const random = this.#random[way];
    if (loss > 0 && random() < loss) return undefined;
    if (damage > 0 && random() < damage) {
      const from = this.strikes === 'payloads' ? HEADER_BYTES : 0;
      if (from === bytes.length) return bytes;
      const bit = 8 * from + Math.floor(random() * 8 * (bytes.length - from));
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      return damaged;
    }
    return bytes;
  }
}

/** The fate of packets that are lost. */
export const lost =
  (which: (packet: Packet) => boolean): Fate =>
  (packet, bytes) =>
    which(packet) ? undefined : bytes;

/** The fate of packets one bit of which is flipped: of the payload where there is one, else of the header. */
export const damaged =
  (which: (packet: Packet) => boolean): Fate =>
  (packet, bytes) => {
    if (!which(packet)) return bytes;
    const copy = bytes.slice();
    copy[packet.payload.length > 0 ? 10 : 4]! ^= 0x40;
    return copy;
  };

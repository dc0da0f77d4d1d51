import { EMPTY, Observable, Subject, type Subscriber } from 'rxjs';
import type { Connection, Transport } from '../../lib/transport/transport.js';
import { Decoder } from '../../lib/wire/decoder.js';
import { encodePacket } from '../../lib/wire/encoder.js';
import { Flag } from '../../lib/wire/flags.js';
import { isPacket, type Packet } from '../../lib/wire/packet.js';

export type Fields = Parameters<typeof encodePacket>[0];

/** A port whose other end is the test: what the host wrote is seen as packets, and what it shall receive is told. */
export class ScriptedPort implements Transport {
  readonly name = 'scripted';
  readonly bytes$ = new Subject<Uint8Array>();
  /** How often it was opened, and whether it is open now. */
  openings = 0;
  isOpen = false;
  /** Answers each packet of the host by itself, where set. */
  onPacket: (packet: Packet) => void = () => undefined;
  #written: Packet[] = [];
  readonly #decoder = new Decoder();
  #subscriber: Subscriber<Connection> | undefined;

  open(): Observable<Connection> {
    return new Observable((subscriber) => {
      this.openings++;
      this.isOpen = true;
      this.#subscriber = subscriber;
      subscriber.add(() => (this.isOpen = false));
      subscriber.next({
        bytes$: this.bytes$,
        write: (bytes) => {
          for (const unit of this.#decoder.push(bytes.slice())) {
            if (!isPacket(unit)) throw new Error('the host wrote something that is not a packet');
            this.#written.push(unit);
            this.onPacket(unit);
          }
          return EMPTY;
        },
      });
    });
  }

  /** The packets that the host wrote since the last call. */
  written(): Packet[] {
    return this.#written.splice(0);
  }

  receive(...packets: Fields[]): void {
    for (const packet of packets) this.bytes$.next(encodePacket(packet));
  }

  receiveBytes(bytes: Uint8Array): void {
    this.bytes$.next(bytes);
  }

  lose(error: unknown): void {
    this.#subscriber?.error(error);
  }
}

/** What a packet was, in a word: `CHANNEL_SIZE 7 ch3 RTX`. */
export function flagsOf(packet: Packet): string {
  return Object.entries(Flag)
    .filter(([, bit]) => (packet.flags & bit) !== 0)
    .map(([name]) => name)
    .join(' ');
}

import { filter, Observable, type OperatorFunction } from 'rxjs';
import { acknowledge } from '../operators/acknowledge.js';
import { decode } from '../operators/decode.js';
import { reassemble } from '../operators/reassemble.js';
import { Flag } from '../wire/flags.js';
import type { Discarded, Header, Packet } from '../wire/packet.js';
import type { Message } from '../wire/reassembler.js';

/** What the way of the bytes needs to know of the exchange. */
export interface ReceiveOptions {
  /** Runs what arrives after what is being done: a write may bring the next bytes before it returns. */
  readonly inTurn: (work: () => void) => void;
  readonly write: (bytes: Uint8Array) => void;
  readonly mayAskAgain: (header: Header) => boolean;
  /** Whether a packet that is not an event belongs to the reply that is waited for. */
  readonly accept: (packet: Packet) => boolean;
  /** Ends what is unfinished: a packet, and a run of fragments. */
  readonly giveUpPacket$: Observable<unknown>;
  readonly giveUpRun$: Observable<unknown>;
}

/** From the port's bytes to the messages for this session: decode, acknowledge, accept, reassemble. */
export function receive(options: ReceiveOptions): OperatorFunction<Uint8Array, Message> {
  return (bytes$) =>
    serialised(bytes$, options.inTurn).pipe(
      decode({ giveUp$: options.giveUpPacket$ }),
      acknowledge(options.write, { askAgain: options.mayAskAgain }),
      filter(
        (unit: Packet | Discarded) =>
          unit.kind === 'packet' && ((unit.flags & Flag.EVENT) !== 0 || options.accept(unit)),
      ),
      reassemble({ giveUp$: options.giveUpRun$ }),
      filter((message) => message.kind === 'message'),
    );
}

function serialised<T>(source: Observable<T>, inTurn: (work: () => void) => void): Observable<T> {
  return new Observable((subscriber) =>
    source.subscribe({
      next: (value) => inTurn(() => subscriber.next(value)),
      error: (error: unknown) => subscriber.error(error),
      complete: () => subscriber.complete(),
    }),
  );
}

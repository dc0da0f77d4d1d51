import { filter, Observable, tap, type OperatorFunction } from 'rxjs';
import { acknowledge } from '../../operators/acknowledge.js';
import { decode } from '../../operators/decode.js';
import { reassemble } from '../../operators/reassemble.js';
import { Flag } from '../../wire/flags.js';
import type { Discarded, Header, Packet } from '../../wire/packet.js';
import type { Message } from '../../wire/reassembler.js';
import type { Tracer } from './trace.js';

/** What the way of the bytes needs to know of the exchange. */
export interface ReceiveOptions {
  /** Runs what arrives after what is being done: a write may bring the next bytes before it returns. */
  readonly inTurn: (work: () => void) => void;
  /** Called with each chunk. */
  readonly heard: () => void;
  /** Sends an ACK. */
  readonly answer: (bytes: Uint8Array) => void;
  readonly tracer: Tracer;
  /** Whether the camera fills CRCs now. */
  readonly crc: () => boolean;
  /** Whether a packet is an event, or belongs to the reply that is waited for. */
  readonly accept: (packet: Packet) => boolean;
  /** A packet whose header is intact and whose payload is not. */
  readonly damaged: (header: Header) => void;
  /** Where the fragments of the present reply belong. */
  readonly into: () => Uint8Array<ArrayBuffer> | undefined;
  /** Ends what is unfinished: a packet, and a run of fragments. */
  readonly giveUpPacket$: Observable<unknown>;
  readonly giveUpRun$: Observable<unknown>;
}

/** From the port's bytes to the messages for this session: decode, acknowledge, accept, reassemble. */
export function receive(options: ReceiveOptions): OperatorFunction<Uint8Array, Message> {
  return (bytes$) =>
    serialised(bytes$, options.inTurn).pipe(
      tap(({ length }) => {
        options.heard();
        options.tracer.statistics.receivedBytes += length;
      }),
      decode({ giveUp$: options.giveUpPacket$, crc: options.crc }),
      tap((unit) => told(unit, options.tracer)),
      acknowledge(options.answer),
      filter((unit: Packet | Discarded) => {
        if (unit.kind === 'packet') return options.accept(unit);
        if (unit.reason === 'payload' && unit.header !== undefined) options.damaged(unit.header);
        return false;
      }),
      reassemble({ giveUp$: options.giveUpRun$, into: options.into }),
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

function told(unit: Packet | Discarded, tracer: Tracer): void {
  const { statistics } = tracer;
  if (unit.kind === 'discarded') {
    statistics.rejected[unit.reason]++;
    tracer.tell({ kind: 'rejected', discarded: unit });
    return;
  }
  statistics.receivedPackets++;
  if ((unit.flags & Flag.RTX) !== 0) statistics.receivedRepeats++;
  if (tracer.listening) {
    const { sequence, channel, flags, opcode, payload } = unit;
    tracer.tell({ kind: 'received', packet: { sequence, channel, flags, opcode, length: payload.length } });
  }
}

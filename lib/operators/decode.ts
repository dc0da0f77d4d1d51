import { Observable, type OperatorFunction } from 'rxjs';
import { Decoder, type DecodeOptions, type Decoded } from '../wire/decoder.js';
import { inTurn } from './in-turn.js';

/** Options of {@link decode}. */
export interface DecodeOperatorOptions extends DecodeOptions {
  /**
   * When it emits, the rest of an unfinished packet is no longer waited for, and the bytes that did come are searched.
   * Subscribed to with the source. Its completion means nothing; its error errors the result. Default: never.
   */
  readonly giveUp$?: Observable<unknown>;
}

/**
 * Bytes to packets: finds the intact packets in chunks of any size and emits them in order, with what was discarded
 * as values between them (PROTOCOL 1).
 *
 * Emits as soon as a packet's last byte came. Completes and errors with the source; an unfinished packet at the
 * completion is emitted as `Discarded`. Never errors by itself. A payload is a view of the source's chunk where it lies whole
 * in it, so a chunk may not be written to again. Holds at most one unfinished packet.
 *
 * @param options `maxPayload`: bytes of the largest payload that is believed, default 8178
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { decode, encodePacket, isPacket, Opcode } from 'openmv-rx';
 *
 * of(encodePacket({ opcode: Opcode.PROTO_SYNC }))
 *   .pipe(decode())
 *   .subscribe((unit) => console.log(isPacket(unit) ? unit.opcode : unit.reason));
 * ```
 */
export function decode({ giveUp$, ...options }: DecodeOperatorOptions = {}): OperatorFunction<Uint8Array, Decoded> {
  return (source) =>
    new Observable((subscriber) => {
      const decoder = new Decoder(options);
      const emit = (units: readonly Decoded[]): void => {
        for (const unit of units) subscriber.next(unit);
      };
      const push = inTurn((chunk: Uint8Array | typeof GIVE_UP) => {
        emit(chunk === GIVE_UP ? decoder.giveUp() : decoder.push(chunk));
      });
      subscriber.add(giveUp$?.subscribe({ next: () => push(GIVE_UP), error: (error) => subscriber.error(error) }));
      subscriber.add(
        source.subscribe({
          next: push,
          error: (error) => subscriber.error(error),
          complete: () => {
            emit(decoder.giveUp());
            subscriber.complete();
          },
        }),
      );
    });
}

const GIVE_UP = Symbol('give up');

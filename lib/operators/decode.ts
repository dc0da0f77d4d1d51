import { Observable, type OperatorFunction } from 'rxjs';
import { requireOptions, type OptionNames } from '../arguments.js';
import { Decoder, type DecodeOptions, type Decoded } from '../wire/decoder.js';
import { inTurn } from './in-turn.js';
import { untilGone } from './until-gone.js';

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
 * @param options `maxPayload`: bytes of the largest payload that is believed, default 8178; `crc`: whether CRCs are checked
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { decode, encodePacket, isPacket, Opcode } from 'openmv-rx/protocol';
 *
 * of(encodePacket({ opcode: Opcode.PROTO_SYNC }))
 *   .pipe(decode())
 *   .subscribe((unit) => console.log(isPacket(unit) ? unit.opcode : unit.reason));
 * ```
 */
export function decode(options: DecodeOperatorOptions = {}): OperatorFunction<Uint8Array, Decoded> {
  requireOptions('decode', options, KNOWN);
  const { giveUp$, ...limits } = options;
  return (source) =>
    new Observable((subscriber) => {
      const decoder = new Decoder(limits);
      const emit = (units: readonly Decoded[]): void => {
        for (const unit of units) subscriber.next(unit);
      };
      const turn = inTurn<() => void>((work) => work());
      const fail = (error: unknown): void => turn(() => subscriber.error(error));
      giveUp$?.pipe(untilGone(subscriber)).subscribe({ next: () => turn(() => emit(decoder.giveUp())), error: fail });
      source.pipe(untilGone(subscriber)).subscribe({
        next: (chunk) => turn(() => emit(decoder.push(chunk))),
        error: fail,
        complete: () =>
          turn(() => {
            emit(decoder.giveUp());
            subscriber.complete();
          }),
      });
    });
}

const KNOWN: OptionNames<DecodeOperatorOptions> = { giveUp$: true, maxPayload: true, crc: true };

import type { Observable, OperatorFunction } from 'rxjs';
import { requireOptions, type OptionNames } from '../arguments.js';
import { Decoder, type DecodeOptions, type Decoded } from '../wire/decoder.js';
import { parsed } from './parsed.js';

/** Options of {@link decode}. */
export interface DecodeOperatorOptions extends DecodeOptions {
  /**
   * Each emission ends the wait for the rest of an unfinished packet: its bytes are searched for other packets. Subscribed to
   * with the source. Its completion is ignored; its error errors the result. Default: never.
   */
  readonly giveUp$?: Observable<unknown>;
}

/**
 * Decodes bytes to packets (PROTOCOL 1). The chunks may have any size. Bytes that form no intact packet are emitted as
 * `Discarded` values between the packets.
 *
 * Emits a packet as soon as its last byte has arrived. Completes and errors with the source; an unfinished packet is emitted
 * as `Discarded` when the source completes. Damaged input is not an error. If a whole payload lies in one chunk, it is a view of
 * that chunk, so do not write to a chunk again. Holds at most one unfinished packet.
 *
 * @param options `maxPayload`: the longest payload to accept, in bytes (default 8178); `crc`: whether to check the CRCs
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
  return parsed(() => new Decoder(limits), giveUp$);
}

const KNOWN: OptionNames<DecodeOperatorOptions> = { giveUp$: true, maxPayload: true, crc: true };

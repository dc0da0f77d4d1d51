import type { Observable, OperatorFunction } from 'rxjs';
import { requireOptions, type OptionNames } from '../arguments.js';
import type { Discarded, Packet } from '../wire/packet.js';
import { Reassembler, type Message, type ReassembleOptions } from '../wire/reassembler.js';
import { parsed, type PushParser } from './parsed.js';

/** Options of {@link reassemble}. */
export interface ReassembleOperatorOptions extends ReassembleOptions {
  /**
   * Each emission ends an unfinished message: its fragments so far are emitted with `ended: false`. Subscribed to with the
   * source. Its completion is ignored; its error errors the result. Default: never.
   */
  readonly giveUp$?: Observable<unknown>;
}

/**
 * Joins fragments to messages (PROTOCOL 1). Emits a message when its last packet has arrived, with its payload in one piece.
 *
 * Values that are not packets pass through in order. Events may arrive between fragments and are emitted at once. A gap
 * in the sequence numbers leaves a hole, which `missing` states. A message is emitted with `ended: false` if another reply
 * cuts it short or the source completes before its end. Completes and errors with the source; damaged input is not an error.
 * Holds the payloads of one message, at most `maxMessage` bytes (default 16 MiB).
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { decode, encodePacket, Flag, Opcode, reassemble } from 'openmv-rx/protocol';
 *
 * const fragment = (sequence: number, flags: number, ...bytes: number[]) =>
 *   encodePacket({ opcode: Opcode.CHANNEL_READ, channel: 3, sequence, flags, payload: Uint8Array.from(bytes) });
 *
 * of(fragment(7, Flag.FRAGMENT, 1, 2), fragment(8, 0, 3))
 *   .pipe(decode(), reassemble())
 *   .subscribe((message) => console.log(message.kind === 'message' && message.payload)); // 1, 2, 3
 * ```
 */
export function reassemble(
  options: ReassembleOperatorOptions = {},
): OperatorFunction<Packet | Discarded, Message | Discarded> {
  requireOptions('reassemble', options, KNOWN);
  const { giveUp$, ...limits } = options;
  return parsed(() => passingDiscarded(new Reassembler(limits)), giveUp$);
}

function passingDiscarded(reassembler: Reassembler): PushParser<Packet | Discarded, Message | Discarded> {
  return {
    push: (unit) => (unit.kind === 'packet' ? reassembler.push(unit) : [unit]),
    giveUp: () => reassembler.giveUp(),
  };
}

const KNOWN: OptionNames<ReassembleOperatorOptions> = { giveUp$: true, maxMessage: true, into: true };

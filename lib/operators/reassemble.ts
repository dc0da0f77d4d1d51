import { Observable, type OperatorFunction } from 'rxjs';
import { requireOptions, type OptionNames } from '../arguments.js';
import type { Discarded, Packet } from '../wire/packet.js';
import { Reassembler, type Message, type ReassembleOptions } from '../wire/reassembler.js';
import { inTurn } from './in-turn.js';
import { untilGone } from './until-gone.js';

/** Options of {@link reassemble}. */
export interface ReassembleOperatorOptions extends ReassembleOptions {
  /**
   * When it emits, a run of fragments that has not ended is emitted as it is, with `ended: false`.
   * Subscribed to with the source. Its completion means nothing; its error errors the result. Default: never.
   */
  readonly giveUp$?: Observable<unknown>;
}

/**
 * Fragments to messages: emits each message when its last packet came, with its payload in one piece (PROTOCOL 1).
 *
 * What is not a packet passes through in its place. Events may stand between fragments; they are emitted at once. A gap
 * in the sequence leaves a hole, which `missing` states. A run that another reply cuts short is emitted with
 * `ended: false`, and so is one that is under way when the source completes. Completes and errors with the source;
 * never errors by itself. Holds the payloads of one run, `maxMessage` bytes at most (default 16 MiB).
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
  return (source) =>
    new Observable((subscriber) => {
      const reassembler = new Reassembler(limits);
      const emit = (messages: readonly (Message | Discarded)[]): void => {
        for (const message of messages) subscriber.next(message);
      };
      const turn = inTurn<() => void>((work) => work());
      const fail = (error: unknown): void => turn(() => subscriber.error(error));
      giveUp$
        ?.pipe(untilGone(subscriber))
        .subscribe({ next: () => turn(() => emit(reassembler.giveUp())), error: fail });
      source.pipe(untilGone(subscriber)).subscribe({
        next: (unit) => turn(() => emit(unit.kind === 'packet' ? reassembler.push(unit) : [unit])),
        error: fail,
        complete: () =>
          turn(() => {
            emit(reassembler.giveUp());
            subscriber.complete();
          }),
      });
    });
}

const KNOWN: OptionNames<ReassembleOperatorOptions> = { giveUp$: true, maxMessage: true, into: true };

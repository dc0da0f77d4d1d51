import { Observable, type OperatorFunction } from 'rxjs';
import { encodePacket } from '../wire/encoder.js';
import { Flag } from '../wire/flags.js';
import { Opcode } from '../wire/opcode.js';
import { isPacket, type Discarded, type Header, type Packet } from '../wire/packet.js';
import { inTurn } from './in-turn.js';
import { untilGone } from './until-gone.js';

/** Options of {@link acknowledge}. */
export interface AcknowledgeOptions {
  /**
   * Whether a packet whose header is intact and whose payload is damaged is asked for again at once, which takes a
   * blind ACK (PROTOCOL 5a): if the repeat is damaged too, it is gone. Say no where the data can't be had another way;
   * the device then repeats by itself after 500 ms. Default: yes, except for CHANNEL_READ, which may consume what it
   * reads, and for events, which are said once.
   */
  readonly askAgain?: (header: Header) => boolean;
}

/**
 * Answers a device: acknowledges each packet that asks for it, drops repeats of what was there before, and asks at
 * once for a repeat of a damaged one (PROTOCOL 5, 5a).
 *
 * The answer goes out before the packet is emitted, so that the device need not wait for what is done with it. A repeat is
 * acknowledged again and not emitted. Everything else passes through in order. Completes and errors with the source;
 * if `send` throws, errors with what it threw. Holds two headers and one event's payload.
 *
 * @param send sends bytes to the device: one packet, or the three that ask for a repeat, which belong in one write
 *
 * @example
 * ```ts
 * import { acknowledge, decode, type Connection } from 'openmv-rx';
 *
 * const packets = (connection: Connection) =>
 *   connection.bytes$.pipe(
 *     decode(),
 *     acknowledge((bytes) => connection.write(bytes)),
 *   );
 * ```
 */
export function acknowledge(
  send: (bytes: Uint8Array) => unknown,
  { askAgain = canBeHadAgain }: AcknowledgeOptions = {},
): OperatorFunction<Packet | Discarded, Packet | Discarded> {
  return (source) =>
    new Observable((subscriber) => {
      const seen = new Seen();
      const turn = inTurn<() => void>((work) => work());
      const receive = (unit: Packet | Discarded): void => {
        // What waited in turn when the subscriber went is no longer answered for anybody.
        if (subscriber.closed) return;
        try {
          if (isPacket(unit)) {
            if ((unit.flags & Flag.ACK_REQ) !== 0) send(answer(unit, Flag.ACK));
          } else if (wantsRepeat(unit) && askAgain(unit.header)) {
            send(askForRepeat(unit.header));
          }
        } catch (error) {
          subscriber.error(error);
        }
        if (!isPacket(unit) || !seen.before(unit)) subscriber.next(unit);
      };
      source.pipe(untilGone(subscriber)).subscribe({
        next: (unit) => turn(() => receive(unit)),
        error: (error: unknown) => turn(() => subscriber.error(error)),
        complete: () => turn(() => subscriber.complete()),
      });
    });
}

function canBeHadAgain({ opcode, flags }: Header): boolean {
  return opcode !== Opcode.CHANNEL_READ && (flags & Flag.EVENT) === 0;
}

/**
 * NAK, ACK and once more ACK for one packet, in one write: the device sends it again, at once, and goes on (PROTOCOL 5a).
 *
 * A NAK whose ACK does not arrive makes the device burn its retransmissions and reset the session, so that ACK is sent
 * twice: damage rarely hits both, and a device that has the first ignores the second.
 */
export function askForRepeat(header: Pick<Header, 'sequence' | 'channel' | 'opcode'>): Uint8Array {
  const nak = answer(header, Flag.NAK);
  const ack = answer(header, Flag.ACK);
  const bytes = new Uint8Array(nak.length + 2 * ack.length);
  bytes.set(nak);
  bytes.set(ack, nak.length);
  bytes.set(ack, nak.length + ack.length);
  return bytes;
}

function answer(
  { sequence, channel, opcode }: Pick<Header, 'sequence' | 'channel' | 'opcode'>,
  flags: number,
): Uint8Array {
  return encodePacket({ sequence, channel, opcode, flags });
}

function wantsRepeat(unit: Discarded): unit is Discarded & Required<Pick<Discarded, 'header'>> {
  return unit.reason === 'payload' && unit.header !== undefined && (unit.header.flags & Flag.ACK_REQ) !== 0;
}

/** What was accepted last, to know a repeat by: of data the header, of events that ask for an ACK the whole. */
class Seen {
  #data: Header | undefined;
  #event: Packet | undefined;

  before(packet: Packet): boolean {
    const { flags } = packet;
    if ((flags & Flag.EVENT) !== 0) return (flags & Flag.ACK_REQ) !== 0 && this.#eventBefore(packet);
    if ((flags & (Flag.ACK | Flag.NAK)) === 0) return this.#dataBefore(packet);
    this.#moveOn(packet);
    return false;
  }

  /**
   * Forgets the data that a reply without data leaves half a round behind, before the count comes round to their sequence
   * again. SYNC begins a new count, so what was seen before says nothing any more (PROTOCOL 4).
   */
  #moveOn({ opcode, sequence }: Packet): void {
    if (this.#data === undefined) return;
    if (opcode === Opcode.PROTO_SYNC || ((sequence - this.#data.sequence) & 0xff) >= 128) this.#data = undefined;
  }

  #dataBefore(packet: Packet): boolean {
    const last = this.#data;
    if (last !== undefined) {
      const behind = (last.sequence - packet.sequence) & 0xff;
      // A duplicate of the last packet, or one sent again that lies behind it. A device that lost its session
      // counts from 0 without RTX, and is not mistaken for one.
      if (behind === 0 ? sameCommand(packet, last) : behind < 128 && (packet.flags & Flag.RTX) !== 0) return true;
    }
    const { sequence, channel, flags, opcode } = packet;
    this.#data = { sequence, channel, flags, opcode };
    return false;
  }

  #eventBefore(packet: Packet): boolean {
    const last = this.#event;
    const repeat =
      last !== undefined &&
      (packet.flags & Flag.RTX) !== 0 &&
      last.sequence === packet.sequence &&
      sameCommand(packet, last) &&
      last.payload.length === packet.payload.length &&
      last.payload.every((byte, i) => byte === packet.payload[i]);
    this.#event = packet;
    return repeat;
  }
}

function sameCommand(a: Header, b: Header): boolean {
  return a.opcode === b.opcode && a.channel === b.channel;
}

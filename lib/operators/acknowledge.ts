import { Observable, type OperatorFunction } from 'rxjs';
import { requireArgument } from '../arguments.js';
import { encodePacket } from '../wire/encoder.js';
import { Flag } from '../wire/flags.js';
import { Opcode } from '../wire/opcode.js';
import { isPacket, type Discarded, type Header, type Packet } from '../wire/packet.js';
import { inTurn } from './in-turn.js';
import { untilGone } from './until-gone.js';

/**
 * Acknowledges each intact packet that asks for it, and drops repeats of packets that were there before (PROTOCOL 5).
 *
 * The answer goes out before the packet is emitted, so that the device need not wait for what is done with it. A repeat is
 * acknowledged again and not emitted. Everything else passes through in order. A damaged packet is not
 * answered: the device sends it again after 500 ms, unless somebody who can do without it acknowledges it. Completes and
 * errors with the source; if `send` throws, errors with what it threw. Holds two headers and one event's payload.
 *
 * @param send sends the bytes of one packet to the device
 *
 * @example
 * ```ts
 * import type { Connection } from 'openmv-rx';
 * import { acknowledge, decode } from 'openmv-rx/protocol';
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
): OperatorFunction<Packet | Discarded, Packet | Discarded> {
  requireArgument(typeof send === 'function', 'acknowledge takes a function that sends bytes', send);
  return (source) =>
    new Observable((subscriber) => {
      const seen = new Seen();
      const turn = inTurn<() => void>((work) => work());
      const receive = (unit: Packet | Discarded): void => {
        // What waited in turn when the subscriber went is no longer answered for anybody.
        if (subscriber.closed) return;
        try {
          if (isPacket(unit) && (unit.flags & Flag.ACK_REQ) !== 0) send(acknowledgement(unit));
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

/** The ACK of a packet, which does no harm whenever it comes: a NAK resets a camera that is only late (PROTOCOL 5a). */
export function acknowledgement({ sequence, channel, opcode }: Header): Uint8Array<ArrayBuffer> {
  return encodePacket({ sequence, channel, opcode, flags: Flag.ACK });
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

import { defer, filter, tap, type OperatorFunction } from 'rxjs';
import { requireArgument } from '../arguments.js';
import { encodePacket } from '../wire/encoder.js';
import { Flag } from '../wire/flags.js';
import { Opcode } from '../wire/opcode.js';
import { isPacket, type Discarded, type Header, type Packet } from '../wire/packet.js';
import { isBefore } from '../wire/sequence.js';
import { oneByOne } from './one-by-one.js';

/**
 * Acknowledges each intact packet that asks for an acknowledgement, and drops repeats of packets that have arrived before
 * (PROTOCOL 5).
 *
 * Sends the ACK before it emits the packet, so the device does not wait for the subscriber. A repeat is acknowledged again and
 * not emitted. All other values pass through in order. A damaged packet is not answered, so the device sends it again after
 * 500 ms. Completes and errors with the source; if `send` throws, errors with the thrown value. Holds two headers and the
 * payload of one event.
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
    defer(() => {
      const repeats = new Repeats();
      return source.pipe(
        oneByOne(),
        tap((unit) => {
          if (isPacket(unit) && (unit.flags & Flag.ACK_REQ) !== 0) send(acknowledgement(unit));
        }),
        filter((unit) => !isPacket(unit) || !repeats.includes(unit)),
      );
    });
}

/** The ACK of a packet. It does no harm at any time, whereas a NAK resets a camera that is only late (PROTOCOL 5a). */
export function acknowledgement({ sequence, channel, opcode }: Header): Uint8Array<ArrayBuffer> {
  return encodePacket({ sequence, channel, opcode, flags: Flag.ACK });
}

/** Recognises repeats by the last data header and by the last event that asked for an ACK. */
class Repeats {
  #data: Header | undefined;
  #event: Packet | undefined;

  /** Tests a packet and remembers it. */
  includes(packet: Packet): boolean {
    const { flags } = packet;
    if ((flags & Flag.EVENT) !== 0) return (flags & Flag.ACK_REQ) !== 0 && this.#includesEvent(packet);
    if ((flags & (Flag.ACK | Flag.NAK)) === 0) return this.#includesData(packet);
    this.#moveOn(packet);
    return false;
  }

  /**
   * Forgets the last data once they are half a round of sequence numbers behind, because their number will be used again.
   * SYNC resets the numbers and so makes the last data meaningless (PROTOCOL 4).
   */
  #moveOn({ opcode, sequence }: Packet): void {
    if (this.#data === undefined) return;
    if (opcode === Opcode.PROTO_SYNC || isBefore(sequence, this.#data.sequence)) this.#data = undefined;
  }

  #includesData(packet: Packet): boolean {
    const last = this.#data;
    if (last !== undefined) {
      // Either a duplicate of the last packet, or an earlier packet with RTX. A device that lost its session
      // counts from 0 without RTX, so its packets are not taken for repeats.
      const isEarlier = !isBefore(last.sequence, packet.sequence) && (packet.flags & Flag.RTX) !== 0;
      if (packet.sequence === last.sequence ? sameCommand(packet, last) : isEarlier) return true;
    }
    const { sequence, channel, flags, opcode } = packet;
    this.#data = { sequence, channel, flags, opcode };
    return false;
  }

  #includesEvent(packet: Packet): boolean {
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

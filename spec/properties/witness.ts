import { crc16, crc32 } from '../../lib/wire/crc.js';
import { Flag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';

/** What the device may refuse with (PROTOCOL 2). */
const STATUSES = [1, 2, 4, 5, 6, 7];
const EVENTS: readonly number[] = [Opcode.SYS_EVENT, Opcode.CHANNEL_EVENT];

/** Looks at each packet that a device sends: whether it is one, and its number is its turn, whatever the host does. */
export class Witness {
  packets = 0;
  naks = 0;
  private expected = 0;
  private last = 0;

  constructor(private readonly largestPayload: number) {}

  /** The number that the device expects of a command, as far as its packets tell. */
  get next(): number {
    return this.expected;
  }

  /** What is wrong with it, or nothing. */
  wrong(packet: Uint8Array): string | undefined {
    this.packets++;
    const [a, b, sequence = 0, , flags = 0, opcode = 0, low = 0, high = 0] = packet;
    const length = low | (high << 8);
    if (a !== 0xaa || b !== 0xd5) return 'no sync word';
    if (packet.length !== 10 + (length === 0 ? 0 : length + 4)) return 'another length than it says';
    if (length > this.largestPayload) return 'too long';
    return (
      this.wrongCrc(packet) ??
      this.wrongKind(flags, opcode, packet.subarray(10, 10 + length)) ??
      this.wrongTurn(sequence, flags)
    );
  }

  /** With CRC off the fields hold nothing of use; this device's header field is then 0. */
  private wrongCrc(packet: Uint8Array): string | undefined {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
    const header = view.getUint16(8, true);
    if (header === 0) return undefined;
    if (header !== crc16(packet.subarray(0, 8))) return 'a wrong header CRC';
    const intact = packet.length === 10 || view.getUint32(packet.length - 4, true) === crc32(packet.subarray(10, -4));
    // A repeat of the statistics counts itself under the CRC of before (PROTOCOL 5).
    const isStale = packet[5] === Opcode.PROTO_STATS && ((packet[4] ?? 0) & Flag.RTX) !== 0;
    return intact || isStale ? undefined : 'a wrong payload CRC';
  }

  private wrongKind(flags: number, opcode: number, payload: Uint8Array): string | undefined {
    if (flags > 0x3f) return 'flags that are none';
    if ((flags & Flag.EVENT) !== 0)
      return EVENTS.includes(opcode) && [0, 2].includes(payload.length) ? undefined : 'no event';
    if ((flags & Flag.ACK) !== 0) return flags === Flag.ACK && payload.length === 0 ? undefined : 'no plain ACK';
    if ((flags & Flag.NAK) === 0) return undefined;
    this.naks++;
    const status = payload[0] ?? 0;
    return flags === Flag.NAK && payload.length === 2 && STATUSES.includes(status) ? undefined : `no NAK: ${status}`;
  }

  /** A new session begins with 0; a repeat has the number of what it repeats. */
  private wrongTurn(sequence: number, flags: number): string | undefined {
    const isRepeat = sequence === this.last || (flags & Flag.EVENT) !== 0;
    if (sequence !== this.expected && sequence !== 0 && !isRepeat)
      return `number ${sequence} in place of ${this.expected}`;
    if ((flags & Flag.EVENT) !== 0) return undefined;
    this.last = sequence;
    this.expected = (sequence + 1) & 0xff;
    return undefined;
  }
}

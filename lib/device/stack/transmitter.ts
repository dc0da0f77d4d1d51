import { defer } from 'rxjs';
import type { Connection } from '../../transport/transport.js';
import { encodePacket, type Outgoing } from '../../wire/encoder.js';
import { Flag } from '../../wire/flags.js';
import { HEADER_BYTES, PAYLOAD_CRC_BYTES } from '../../wire/packet.js';
import type { Capabilities } from '../../wire/payloads/index.js';
import type { DeviceState } from './device-state.js';
import type { Numbered, Unnumbered } from './task.js';

/** The bytes of a packet. With crc off the fields stay on the wire and hold nothing of use (PROTOCOL 1). */
function outgoingBytes(packet: Outgoing, crc: boolean): Uint8Array {
  const bytes = encodePacket(packet);
  if (!crc) {
    bytes.fill(0, HEADER_BYTES - 2, HEADER_BYTES);
    if (bytes.length > HEADER_BYTES) bytes.fill(UNDEFINED_CONTENT, bytes.length - PAYLOAD_CRC_BYTES);
  }
  return bytes;
}

/** Replaces the payload and leaves the CRC as it is. */
function withPayload(bytes: Uint8Array, payload: Uint8Array): Uint8Array {
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

const UNDEFINED_CONTENT = 0x5a;

/** How much may be under way to a host that does not read, before the device waits for it. */
const OUTPUT_BYTES = 65536;

/** The way out, which knows how much of what was written is still under way. */
class Output {
  private underWay = 0;

  /** @param onRoom called when bytes were handed over after the output had been full */
  constructor(
    private readonly connection: Pick<Connection, 'write'>,
    private readonly onRoom: () => void,
    private readonly onLost: (error: unknown) => void,
  ) {}

  get full(): boolean {
    return this.underWay >= OUTPUT_BYTES;
  }

  write(bytes: Uint8Array): void {
    this.underWay += bytes.length;
    // One that throws is as lost as one that errors.
    defer(() => this.connection.write(bytes)).subscribe({
      complete: () => {
        const wasFull = this.full;
        this.underWay -= bytes.length;
        if (wasFull) this.onRoom();
      },
      error: (error: unknown) => this.onLost(error),
    });
  }
}

/** The way of a packet out: its number, what it asks for, and its bytes by what was agreed on. */
export class Transmitter {
  private readonly output: Output;
  /** What was agreed on with the host. */
  capabilities: Capabilities;
  /** The one counter (PROTOCOL 4): on every packet that goes out, and expected on every command that comes in. */
  sequence = 0;

  constructor(
    private readonly device: DeviceState,
    connection: Pick<Connection, 'write'>,
    onRoom: () => void,
    onLost: () => void,
  ) {
    this.capabilities = device.settings.capabilities;
    this.output = new Output(connection, onRoom, () => {
      device.counters.transportErrors++;
      onLost();
    });
  }

  get full(): boolean {
    return this.output.full;
  }

  reset(): void {
    this.sequence = 0;
    this.capabilities = this.device.settings.capabilities;
  }

  /** The packet with its number, asking for an acknowledgement where PROTOCOL 5 wants one. */
  stamp(packet: Unnumbered): Numbered {
    const { flags } = packet;
    const asks = (flags & Flag.ACK_REQ) !== 0 || (flags & (Flag.ACK | Flag.NAK | Flag.EVENT)) === 0;
    const ackReq = asks && this.capabilities.ack ? Flag.ACK_REQ : 0;
    return { sequence: this.sequence, ...packet, flags: (flags & ~Flag.ACK_REQ) | ackReq };
  }

  write(packet: Numbered): void {
    this.output.write(outgoingBytes(packet, this.capabilities.crc));
  }

  /** Sends the same packet again. Without CRCs the firmware leaves RTX out. */
  repeat(packet: Numbered, payloadNow?: () => Uint8Array): void {
    this.device.counters.retransmits++;
    const { crc } = this.capabilities;
    const bytes = outgoingBytes(crc ? { ...packet, flags: packet.flags | Flag.RTX } : packet, crc);
    this.output.write(payloadNow === undefined ? bytes : withPayload(bytes, payloadNow()));
  }

  /** The packet is done with: everything but an EVENT moves the counter. */
  count({ flags }: Numbered): void {
    if ((flags & Flag.EVENT) !== 0) return;
    this.sequence = (this.sequence + 1) & 0xff;
    this.device.counters.sentPackets++;
  }
}

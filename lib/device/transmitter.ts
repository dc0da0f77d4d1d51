import type { Connection } from '../transport/transport.js';
import { Flag } from '../wire/flags.js';
import type { Capabilities } from '../wire/payloads/index.js';
import type { DeviceState } from './device-state.js';
import { outgoingBytes, withPayload } from './outgoing.js';
import { Output } from './output.js';
import type { Numbered, Unnumbered } from './task.js';

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

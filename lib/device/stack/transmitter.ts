import { defer } from 'rxjs';
import type { Connection } from '../../transport/transport.js';
import { encodePacket, type Outgoing } from '../../wire/encoder.js';
import { Flag } from '../../wire/flags.js';
import { HEADER_BYTES, PAYLOAD_CRC_BYTES } from '../../wire/packet.js';
import type { Capabilities } from '../../wire/payloads/index.js';
import { sequenceAfter } from '../../wire/sequence.js';
import type { DeviceState } from './device-state.js';
import type { Numbered, Unnumbered } from './task.js';

/** The bytes of a packet. Without CRCs the CRC fields stay on the wire and hold arbitrary bytes (PROTOCOL 1). */
function outgoingBytes(packet: Outgoing, crc: boolean): Uint8Array {
  const bytes = encodePacket(packet);
  if (!crc) {
    bytes.fill(0, HEADER_BYTES - 2, HEADER_BYTES);
    if (bytes.length > HEADER_BYTES) bytes.fill(UNDEFINED_CONTENT, bytes.length - PAYLOAD_CRC_BYTES);
  }
  return bytes;
}

/** Replaces the payload but not its CRC. */
function withPayload(bytes: Uint8Array, payload: Uint8Array): Uint8Array {
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

const UNDEFINED_CONTENT = 0x5a;

/** Unsent bytes at which the device waits for a host that does not read. */
const OUTPUT_BYTES = 65536;

/** Writes to the connection, and counts the bytes that are not sent yet. */
class Output {
  readonly #connection: Pick<Connection, 'write'>;
  readonly #onDrain: () => void;
  readonly #onLost: (error: unknown) => void;
  #unsentBytes = 0;

  /** @param onDrain called when a full output has sent some bytes */
  constructor(connection: Pick<Connection, 'write'>, onDrain: () => void, onLost: (error: unknown) => void) {
    this.#connection = connection;
    this.#onDrain = onDrain;
    this.#onLost = onLost;
  }

  get full(): boolean {
    return this.#unsentBytes >= OUTPUT_BYTES;
  }

  write(bytes: Uint8Array): void {
    this.#unsentBytes += bytes.length;
    // A write that throws counts as a lost connection, like one that errors.
    defer(() => this.#connection.write(bytes)).subscribe({
      complete: () => {
        const wasFull = this.full;
        this.#unsentBytes -= bytes.length;
        if (wasFull) this.#onDrain();
      },
      error: (error: unknown) => this.#onLost(error),
    });
  }
}

/** Numbers packets, sets their flags, and writes them as the negotiated capabilities say. */
export class Transmitter {
  readonly #device: DeviceState;
  readonly #output: Output;
  /** The capabilities negotiated with the host. */
  capabilities: Capabilities;
  /** The one sequence counter: sent with every packet, and expected from every command (PROTOCOL 4). */
  sequence = 0;

  constructor(device: DeviceState, connection: Pick<Connection, 'write'>, onDrain: () => void, onLost: () => void) {
    this.#device = device;
    this.capabilities = device.settings.capabilities;
    this.#output = new Output(connection, onDrain, () => {
      device.counters.transportErrors++;
      onLost();
    });
  }

  get full(): boolean {
    return this.#output.full;
  }

  reset(): void {
    this.sequence = 0;
    this.capabilities = this.#device.settings.capabilities;
  }

  /** Adds the sequence number, and ACK_REQ where PROTOCOL 5 requires an acknowledgement. */
  stamp(packet: Unnumbered): Numbered {
    const { flags } = packet;
    const asks = (flags & Flag.ACK_REQ) !== 0 || (flags & (Flag.ACK | Flag.NAK | Flag.EVENT)) === 0;
    const ackReq = asks && this.capabilities.ack ? Flag.ACK_REQ : 0;
    return { sequence: this.sequence, ...packet, flags: (flags & ~Flag.ACK_REQ) | ackReq };
  }

  write(packet: Numbered): void {
    this.#output.write(outgoingBytes(packet, this.capabilities.crc));
  }

  /** Sends the same packet again. Without CRCs the firmware does not set RTX. */
  repeat(packet: Numbered, payloadNow?: () => Uint8Array): void {
    this.#device.counters.retransmits++;
    const { crc } = this.capabilities;
    const bytes = outgoingBytes(crc ? { ...packet, flags: packet.flags | Flag.RTX } : packet, crc);
    this.#output.write(payloadNow === undefined ? bytes : withPayload(bytes, payloadNow()));
  }

  /** Counts a packet that is done with. An EVENT does not advance the sequence number. */
  count({ flags }: Numbered): void {
    if ((flags & Flag.EVENT) !== 0) return;
    this.sequence = sequenceAfter(this.sequence);
    this.#device.counters.sentPackets++;
  }
}

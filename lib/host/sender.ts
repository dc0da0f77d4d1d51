import type { Connection } from '../transport/transport.js';
import { encodePacket } from '../wire/encoder.js';
import { parseHeader } from '../wire/header.js';
import { HEADER_BYTES, type Header, type Packet } from '../wire/packet.js';
import type { Tracer } from './trace.js';

/** What goes out on one connection: each packet in one write, counted and told. */
export class Sender {
  constructor(
    private readonly connection: Connection,
    private readonly tracer: Tracer,
  ) {}

  send(packet: Header & Pick<Packet, 'payload'>): void {
    this.#write(encodePacket(packet), 1);
    if (this.tracer.listening)
      this.tracer.tell({ kind: 'sent', packet: { ...headerOf(packet), length: packet.payload.length } });
  }

  /** Packets without payload, which belong in one write. */
  sendBare(bytes: Uint8Array): void {
    const packets = bytes.length / HEADER_BYTES;
    this.#write(bytes, packets);
    if (!this.tracer.listening) return;
    for (let i = 0; i < packets; i++) {
      const packet = parseHeader(bytes, i * HEADER_BYTES);
      if (packet !== undefined) this.tracer.tell({ kind: 'sent', packet });
    }
  }

  #write(bytes: Uint8Array, packets: number): void {
    this.tracer.statistics.sentBytes += bytes.length;
    this.tracer.statistics.sentPackets += packets;
    // A write that fails shows as the loss of the connection, which ends the link.
    this.connection.write(bytes).subscribe({ error: () => undefined });
  }
}

function headerOf({ sequence, channel, flags, opcode }: Header): Header {
  return { sequence, channel, flags, opcode };
}

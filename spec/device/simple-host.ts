import type { Device } from '../../lib/device/device.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { ack, command, inWords, link, SYNC, type Link } from './support.js';

interface Reply {
  /** All fragments, put together. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Flags and status of the last packet: `ACK`, `NAK BUSY`. */
  readonly word: string;
}

/** A host for a perfect line, which acknowledges what asks for it. It is no library's, so that mistakes don't cancel out. */
export class SimpleHost {
  readonly link: Link;
  private readonly seen: string[] = [];
  /** The packets of the last answer without what they have in common. */
  lastReplies: string[] = [];
  private sequence = 0;
  private replies: Uint8Array[] = [];

  constructor(camera: Pick<Device, 'attach'>) {
    this.link = link({ attach: (connection) => camera.attach(connection) });
    this.take();
  }

  /** The events so far: `2:notify`, `system:0`. */
  get events(): string[] {
    this.take();
    return this.seen;
  }

  synchronise(): void {
    this.sequence = 0;
    this.link.send(SYNC);
    this.take();
    this.sequence = 0;
  }

  send(opcode: number, channel = 0, payload?: Uint8Array): void {
    this.link.send(command(this.sequence, opcode, channel, payload));
  }

  ask(opcode: number, channel: number, payload?: Uint8Array): Reply {
    this.replies = [];
    this.send(opcode, channel, payload);
    this.take();
    const packets = this.replies;
    this.lastReplies = packets.map((packet) =>
      inWords(packet)
        .replace(/^\d+ \S+ ?/, '')
        .replace(/ACK_REQ\+?/, '')
        .replace(/ [0-9a-f]{2,16}$/, (hex) => ` ${(hex.length - 1) / 2}B`),
    );
    const payloads = packets.map((packet) => packet.subarray(10, 10 + (packet[6]! | (packet[7]! << 8))));
    return { payload: Uint8Array.from(Buffer.concat(payloads)), word: this.lastReplies.at(-1) ?? '' };
  }

  /** Takes in what the camera has written, and what it writes because of that. */
  private take(): void {
    for (let packet = this.link.written.shift(); packet; packet = this.link.written.shift()) {
      const [, , sequence = 0, channel = 0, flags = 0, opcode = 0] = packet;
      if ((flags & 0x20) !== 0) this.noteEvent(opcode, channel, packet);
      else {
        this.replies.push(packet);
        this.sequence = (sequence + 1) & 0xff;
        if ((flags & 0x08) !== 0) this.link.send(ack(sequence, opcode, channel));
      }
    }
  }

  private noteEvent(opcode: number, channel: number, packet: Uint8Array): void {
    const source = opcode === Opcode.SYS_EVENT ? 'system' : String(channel);
    this.seen.push(`${source}:${packet[6] === 0 ? 'notify' : packet[10]! | (packet[11]! << 8)}`);
  }
}

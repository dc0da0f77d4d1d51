import { Device, type DeviceChannel, type DeviceError } from '../../../lib/device/device.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import { decodeWord, encodeReadRequest, encodeWriteRequest } from '../../../lib/wire/payloads/index.js';
import { Clock } from '../clock.js';
import { SimpleHost } from '../simple-host.js';

/** A channel of a device, and a host that asks for it. */
export class Served {
  readonly clock = new Clock();
  readonly device = new Device({ scheduler: this.clock });
  readonly errors: DeviceError[] = [];
  readonly channel: DeviceChannel;
  host: SimpleHost;

  constructor(register: (device: Device) => DeviceChannel) {
    this.device.errors$.subscribe((error) => this.errors.push(error));
    this.channel = register(this.device);
    this.host = new SimpleHost(this.device);
  }

  /** How many notifications came since the last call. */
  notified(): number {
    return this.host.events.splice(0).filter((event) => event === `${this.channel.id}:notify`).length;
  }

  get ready(): boolean {
    return (decodeWord(this.ask(Opcode.CHANNEL_POLL, 0).payload) >>> this.channel.id) % 2 === 1;
  }

  /** The number, or the refusal. */
  size(): number | string {
    const { payload, word } = this.ask(Opcode.CHANNEL_SIZE);
    return word.startsWith('NAK') ? word : decodeWord(payload);
  }

  /** The bytes, or the refusal. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer> | string {
    const { payload, word } = this.ask(Opcode.CHANNEL_READ, undefined, encodeReadRequest(offset, length));
    return word.startsWith('NAK') ? word : payload;
  }

  write(data: Uint8Array, offset = 0): string {
    return this.ask(Opcode.CHANNEL_WRITE, undefined, encodeWriteRequest(offset, data)).word;
  }

  /** Locks are granted 10 ms after the last. */
  lock(): string {
    this.clock.pass(11);
    return this.ask(Opcode.CHANNEL_LOCK).word;
  }

  unlock(): string {
    return this.ask(Opcode.CHANNEL_UNLOCK).word;
  }

  ask(
    opcode: number,
    channel = this.channel.id,
    payload?: Uint8Array,
  ): { payload: Uint8Array<ArrayBuffer>; word: string } {
    return this.host.ask(opcode, channel, payload);
  }
}

import { BehaviorSubject, delay, of, Subject, timer } from 'rxjs';
import { frameSourceChannel, type SourceFrame } from '../../lib/device/backends/frame-source-channel.js';
import { profileChannel } from '../../lib/device/backends/profile-channel.js';
import { textChannel } from '../../lib/device/backends/text-channel.js';
import { valueChannel } from '../../lib/device/backends/value-channel.js';
import { Device, type DeviceChannel } from '../../lib/device/device.js';
import { bytes as asBytes } from '../../lib/host/channel/codecs.js';
import { seededRandom } from '../../lib/transport/fault-line.js';
import { encodePacket } from '../../lib/wire/encoder.js';
import { Flag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { Clock } from '../device/clock.js';
import { ack, command, inWords, link, SYNC, type Link } from '../device/support.js';
import { Witness } from './witness.js';

/** Longer than all the waits of a packet, and than the slowest back-end: then the device has reset itself or gone on. */
const LONG_MS = 10_000;
/** As many events may wait for their turn behind each other while its buffer is full of what is no answer. */
const PATIENCE = 35;

/** A device with channels of every kind, and a witness of what it says. What must hold throws, with the seed. */
export class DeviceTrial {
  readonly clock = new Clock();
  readonly device: Device;
  readonly witness: Witness;
  readonly random: () => number;
  #host: Link;
  readonly #channels: DeviceChannel[];
  readonly #text$ = new Subject<string>();
  readonly #frames$ = new Subject<SourceFrame>();
  readonly #value = new BehaviorSubject<Uint8Array>(Uint8Array.of(1, 2, 3, 4));

  constructor(
    readonly seed: number,
    { bufferSize = 4096 }: { readonly bufferSize?: 512 | 4096 | 8192 } = {},
  ) {
    this.random = seededRandom(seed);
    this.witness = new Witness(bufferSize - 14);
    this.device = new Device({ scheduler: this.clock, bufferSize });
    this.#channels = this.#register();
    this.#host = link(this.device);
    // A device that was told to restart comes back, and its host with it.
    this.device.restarts$.subscribe(() => (this.#host = link(this.device)));
  }

  send(bytes: Uint8Array): void {
    this.#host.send(bytes);
    this.look();
  }

  /** The same bytes, cut anywhere. */
  sendInChunks(bytes: Uint8Array, largest: number): void {
    for (let at = 0; at < bytes.length;) {
      const end = at + 1 + Math.floor(this.random() * largest);
      this.send(bytes.slice(at, end));
      at = end;
    }
  }

  pass(ms: number): void {
    this.clock.pass(ms);
    this.look();
  }

  /** Something happens at the device's end. */
  stir(): void {
    const what = Math.floor(this.random() * 5);
    if (what === 0) this.#text$.next('x'.repeat(Math.floor(this.random() * 300)));
    if (what === 1) this.#frames$.next({ width: 1, height: 1, format: 'jpeg', data: new Uint8Array(100) });
    if (what === 2) this.#value.next(new Uint8Array(Math.floor(this.random() * 100)));
    if (what === 3)
      this.#any()
        .sendEvent(7, true)
        .subscribe({ error: () => undefined });
    if (what === 4) this.#any().sendEvent(8);
    this.look();
  }

  /** A packet with right CRCs and otherwise anything, mostly with the number that is its turn. */
  anyPacket(): Uint8Array<ArrayBuffer> {
    const below = (limit: number) => Math.floor(this.random() * limit);
    const opcodes = Object.values(Opcode);
    const words = Array.from({ length: 4 }, () => this.#anyWord());
    const payload = new Uint8Array(Uint32Array.from(words).buffer).slice(0, below(17));
    return encodePacket({
      sequence: this.random() < 0.8 ? this.witness.next : below(256),
      channel: this.random() < 0.9 ? below(14) : below(256),
      flags: this.random() < 0.8 ? 0 : below(256),
      opcode: this.random() < 0.9 ? opcodes[below(opcodes.length)]! : below(256),
      payload: this.random() < 0.3 ? new Uint8Array(0) : this.random() < 0.9 ? payload : new Uint8Array(below(9000)),
    });
  }

  /** The device is brought back by a SYNC, at the latest when it has given up what it waits for, and does what it should. */
  worksAgain(): void {
    for (let attempt = 0; !this.#answersASync(); attempt++) {
      if (attempt === PATIENCE) this.#fail('it does not answer a SYNC');
      this.pass(LONG_MS);
    }
    const size = this.#ask(command(0, Opcode.CHANNEL_SIZE, 1)).at(-1);
    if (size !== '0 CHANNEL_SIZE@1 ACK_REQ 08000000') this.#fail(`it says ${size ?? 'nothing'} to SIZE`);
    this.#host.send(ack(0, Opcode.CHANNEL_SIZE, 1));
    const read = this.#ask(command(1, Opcode.CHANNEL_READ, 1, Uint8Array.of(0, 0, 0, 0, 8, 0, 0, 0))).at(-1);
    if (read !== '1 CHANNEL_READ@1 ACK_REQ 0102030405060708') this.#fail(`it says ${read ?? 'nothing'} to READ`);
    this.#host.send(ack(1, Opcode.CHANNEL_READ, 1));
  }

  look(): void {
    for (const packet of this.#host.written.splice(0)) {
      const wrong = this.witness.wrong(packet);
      if (wrong !== undefined) this.#fail(`${wrong}: ${inWords(packet)}`);
    }
  }

  #fail(what: string): never {
    throw new Error(`seed ${this.seed}: ${what}`);
  }

  #any(): DeviceChannel {
    return this.#channels[Math.floor(this.random() * this.#channels.length)]!;
  }

  #anyWord(): number {
    const extremes = [0, 1, 2, 4, 8, 100, 498, 512, 4082, 65535, 0x7fffffff, 0x80000000, 0xffffffff];
    return this.random() < 0.7
      ? extremes[Math.floor(this.random() * extremes.length)]!
      : Math.floor(this.random() * 2 ** 32);
  }

  /** A read that was under way goes on behind the answer (PROTOCOL 5), so a second SYNC may be called for. */
  #answersASync(): boolean {
    return this.#ask(SYNC).at(-1) === '0 PROTO_SYNC@0 ACK';
  }

  /** Acknowledges the events that want it, which come before what was asked for, and what is left of a read. */
  #ask(packet: Uint8Array): string[] {
    const said: string[] = [];
    this.#host.send(packet);
    while (this.#host.written.length > 0) {
      const packets = [...this.#host.written];
      this.look();
      for (const [, , sequence = 0, channel, flags = 0, opcode = 0] of packets) {
        const isRest = opcode === Opcode.CHANNEL_READ && packet === SYNC;
        if ((flags & Flag.ACK_REQ) !== 0 && ((flags & Flag.EVENT) !== 0 || isRest))
          this.#host.send(ack(sequence, opcode, channel));
      }
      said.push(...packets.filter(([, , , , flags = 0]) => (flags & Flag.EVENT) === 0).map(inWords));
    }
    return said;
  }

  #register(): DeviceChannel[] {
    const { device, clock } = this;
    const fixed = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    let held = new Uint8Array(0);
    let locked = false;
    const lockable = { lock: () => !locked && (locked = true), unlock: () => !(locked = false) };
    const broken = () => {
      throw new Error('broken');
    };
    return [
      device.register('fixed', { size: () => 8, readp: (offset, size) => fixed.subarray(offset, offset + size) }),
      device.register('held', {
        ...lockable,
        poll: () => held.length > 0,
        size: () => held.length,
        shape: () => [held.length],
        read: (offset, size) => held.subarray(offset, offset + size),
        write: (_, data) => (held = data.slice()).length,
        ioctl: (request) => request & 1,
      }),
      device.register('generous', { readp: () => fixed, read: (_, size) => new Uint8Array(size) }),
      device.register('slow', {
        poll: () => of(true).pipe(delay(3, clock)),
        size: () => timer(5, clock),
        write: (_, data) => of(data.length).pipe(delay(50, clock)),
        ioctl: () => timer(1, clock),
      }),
      device.register('broken', {
        poll: broken,
        lock: broken,
        unlock: broken,
        size: broken,
        shape: broken,
        read: broken,
        write: broken,
        ioctl: broken,
      }),
      valueChannel(device, 'value', this.#value, asBytes),
      textChannel(device, 'text', this.#text$, { capacity: 100 }),
      frameSourceChannel(device, 'frames', this.#frames$),
      profileChannel(device),
    ];
  }
}

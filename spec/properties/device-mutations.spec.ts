import { seededRandom } from '../../lib/transport/fault-line.js';
import { Flag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { encodeFrameHeader, PixelFormat } from '../../lib/wire/payloads/index.js';
import { Clock } from '../device/clock.js';
import { recordedCamera } from '../device/recorded-interpreter.js';
import { ack, capture, command, inWords, SYNC, type Link } from '../device/support.js';
import { collectGarbage } from '../wire/collect-garbage.js';
import { mutated } from './mutations.js';
import { Witness } from './witness.js';

/** `DEVICE_SEEDS=7` or `DEVICE_SEEDS=1-500` in the environment runs other seeds. */
const [first = 1, last = first] = (process.env['DEVICE_SEEDS'] ?? '1-200').split('-').map(Number);

const NAMES = [
  'connect',
  'naks',
  'channels',
  'channels-512',
  'frame-jpeg',
  'frame-jpeg-noack',
  'loss',
  'script',
  'soft-reboot',
];
const hostRows = (name: string): Uint8Array[] =>
  capture(name)
    .filter(({ from }) => from === 'host')
    .map(({ bytes }) => bytes);
const everything = NAMES.flatMap(hostRows);

const FRAME = Uint8Array.from([
  ...encodeFrameHeader({ width: 8, height: 8, pixelFormat: PixelFormat.JPEG, size: 9000, offset: 32, fps: 25 }),
  ...new Uint8Array(9000),
]);

/** Longer than all the waits of a packet. */
const LONG_MS = 10_000;
/** A device whose buffer is full of commands while it waits for an ACK hears no SYNC before it has reset itself. */
const PATIENCE = 20;

class Trial {
  readonly #clock = new Clock();
  readonly #witness = new Witness(4082);
  readonly #camera = recordedCamera(this.#clock);
  readonly #link: Link = this.#camera.link;

  constructor(private readonly what: string) {}

  run(rows: readonly Uint8Array[], random: () => number): void {
    const { stream } = this.#camera;
    for (const row of rows) {
      if (stream.ready) stream.publish(FRAME);
      const largest = random() < 0.7 ? row.length : 1 + Math.floor(random() * 20);
      for (let at = 0; at < row.length; at += largest) this.#link.send(row.slice(at, at + largest));
      this.#look();
      if (random() < 0.5) this.#clock.pass(random() * (random() < 0.1 ? 3000 : 30));
      this.#look();
    }
    this.#worksAgain();
  }

  #worksAgain(): void {
    // A read that was under way goes on behind the answer (PROTOCOL 5), so a second SYNC may be called for.
    for (let attempt = 0; this.#ask(SYNC).at(-1) !== '0 PROTO_SYNC@0 ACK'; attempt++) {
      if (attempt === PATIENCE) this.#fail('it does not answer a SYNC');
      this.#clock.pass(LONG_MS);
      this.#look();
    }
    const version = this.#ask(command(0, Opcode.PROTO_VERSION));
    if (version.join() !== '0 PROTO_VERSION@0 ACK_REQ 16B') this.#fail(`it says ${version.join()} to VERSION`);
    this.#link.send(ack(0, Opcode.PROTO_VERSION));
  }

  #ask(packet: Uint8Array): string[] {
    this.#link.send(packet);
    const said: string[] = [];
    while (this.#link.written.length > 0) {
      const packets = [...this.#link.written];
      this.#look();
      said.push(...packets.map(inWords));
      for (const [, , sequence = 0, channel, flags = 0, opcode] of packets)
        if (packet === SYNC && opcode === Opcode.CHANNEL_READ && (flags & Flag.ACK_REQ) !== 0)
          this.#link.send(ack(sequence, opcode, channel));
    }
    return said;
  }

  #look(): void {
    for (const packet of this.#link.written.splice(0)) {
      const wrong = this.#witness.wrong(packet);
      if (wrong !== undefined) this.#fail(`${wrong}: ${inWords(packet)}`);
    }
  }

  #fail(why: string): never {
    throw new Error(`${this.what}: ${why}`);
  }
}

describe('a Device whose host sends what a recorded one did, spoilt', () => {
  it.each(NAMES)(
    `says nothing wrong and works again: %s (seeds ${first} to ${last})`,
    (name) => {
      const rows = hostRows(name);
      for (let seed = first; seed <= last; seed++) {
        const random = seededRandom(seed);
        new Trial(`${name}, seed ${seed}`).run(mutated(rows, everything, random), random);
      }
    },
    60_000,
  );

  it('holds nothing of it: 500 times another, in one device', async () => {
    const held = async () => {
      await collectGarbage();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const trial = new Trial('all, seed 1');
    const random = seededRandom(1);
    const spoilt = () => mutated(hostRows('channels'), everything, random);
    trial.run(spoilt(), random);
    const before = await held();
    let sent = 0;
    for (let times = 0; times < 500; times++) {
      const rows = spoilt();
      sent += rows.reduce((sum, { length }) => sum + length, 0);
      trial.run(rows, random);
    }
    expect(sent).toBeGreaterThan(2_000_000);
    expect((await held()) - before).toBeLessThan(sent / 4);
  }, 60_000);
});

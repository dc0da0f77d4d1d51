import { BehaviorSubject, of } from 'rxjs';
import { frameSourceChannel } from '../../lib/device/backends/frame-source-channel.js';
import { profileChannel } from '../../lib/device/backends/profile-channel.js';
import { textChannel } from '../../lib/device/backends/text-channel.js';
import { valueChannel } from '../../lib/device/backends/value-channel.js';
import { Device } from '../../lib/device/device.js';
import { StdinChannel } from '../../lib/device/backends/stdin-channel.js';
import { StdoutChannel } from '../../lib/device/backends/stdout-channel.js';
import { bytes as asBytes } from '../../lib/host/channel/codecs.js';
import { encodePacket } from '../../lib/wire/encoder.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { decodeChannelList, encodeIoctl, encodeReadRequest, encodeWords } from '../../lib/wire/payloads/index.js';
import { Clock } from './clock.js';
import { bytes, command, link, SYNC, type Link } from './support.js';

const U32 = [0, 1, 2, 7, 8, 9, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
const UNLOCK = 'CHANNEL_UNLOCK@0 NAK BUSY';

function quiet(bufferSize: 512 | 4096 | 8192 = 512): { device: Device; host: Link; clock: Clock } {
  const clock = new Clock();
  const device = new Device({ ack: false, events: false, scheduler: clock, bufferSize });
  return { device, host: link(device), clock };
}

/** Its next good command is answered. */
function works(host: Link, sequence: number): void {
  host.send(command(sequence, Opcode.CHANNEL_UNLOCK));
  expect(host.said()).toEqual([`${sequence} ${UNLOCK}`]);
}

/** A header that announces `length`, with a right CRC, and nothing behind it. */
function header(length: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(length);
  return encodePacket({ opcode: Opcode.CHANNEL_WRITE, channel: 1, payload }).slice(0, 10);
}

describe('the length of a packet', () => {
  const largest = 498;

  it.each([
    [0, 'NAK INVALID'],
    [1, 'NAK INVALID'],
    [7, 'NAK INVALID'],
    [8, 'NAK INVALID'],
    [9, 'ACK'],
    [largest - 1, 'ACK'],
    [largest, 'ACK'],
  ])('may be %d of at most 498: a write of it gets %s', (length, reply) => {
    const { device, host } = quiet();
    device.register('sink', { write: (_, data) => data.length });
    const payload = new Uint8Array(length);
    if (length >= 8) new DataView(payload.buffer).setUint32(4, length - 8, true);
    host.send(command(0, Opcode.CHANNEL_WRITE, 1, payload));
    expect(host.said()).toEqual([`0 CHANNEL_WRITE@1 ${reply}`]);
    works(host, 1);
  });

  it.each([largest + 1, 4082, 0x7fff, 0xffff])('may not be %d: OVERFLOW at once, and on with the next', (length) => {
    const { host } = quiet();
    host.send(header(length));
    expect(host.said()).toEqual(['0 CHANNEL_WRITE@1 NAK OVERFLOW']);
    works(host, 1);
  });

  it.each([7, largest - 1, largest])('may be %d of a packet that never comes: a SYNC ends the wait', (length) => {
    const { host } = quiet();
    host.send(header(length), new Uint8Array(length - 7));
    expect(host.said()).toEqual([]);
    host.send(SYNC);
    expect(host.said()).toEqual(['0 PROTO_SYNC@0 ACK']);
    works(host, 0);
  });

  it.each([1, 5, 10])('may be such that a SYNC is the last %d bytes of it: then the next SYNC is heard', (missing) => {
    const { host } = quiet();
    host.send(header(100), new Uint8Array(104 - missing), SYNC);
    expect(host.said()).toEqual(['0 CHANNEL_WRITE@1 NAK CHECKSUM']);
    host.send(SYNC);
    expect(host.said()).toEqual(['0 PROTO_SYNC@0 ACK']);
    works(host, 0);
  });

  it('is measured by what was agreed on', () => {
    const { host } = quiet(4096);
    host.send(command(0, Opcode.PROTO_SET_CAPS, 0, Uint8Array.of(3, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)));
    host.send(
      command(1, Opcode.CHANNEL_SIZE, 9, new Uint8Array(50)),
      command(2, Opcode.CHANNEL_SIZE, 9, new Uint8Array(51)),
    );
    expect(host.said()).toEqual([
      '0 PROTO_SET_CAPS@0 ACK',
      '1 CHANNEL_SIZE@9 NAK INVALID',
      '2 CHANNEL_SIZE@9 NAK OVERFLOW',
    ]);
    works(host, 3);
  });

  it.each(Object.entries(Opcode).filter(([name]) => !name.startsWith('SYS_RESET') && !name.startsWith('SYS_BOOT')))(
    'may be more or less than %s takes',
    (_, opcode) => {
      for (const channel of [0, 1]) {
        for (const length of [0, 1, 3, 4, 5, 8, 15, 16, 17, largest]) {
          const { device, host } = quiet();
          const size = () => 1;
          device.register('all', { size, shape: () => [1], read: () => bytes('00'), write: () => 1, ioctl: () => 0 });
          host.send(command(0, opcode, channel, new Uint8Array(length)));
          const said = host.said();
          expect(said).toHaveLength(1);
          works(host, opcode === Opcode.PROTO_SYNC && channel === 0 ? 0 : 1);
        }
      }
    },
  );
});

describe('a read of any offset and length', () => {
  const eight = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const inside = (offset: number, length: number) => offset + length <= 8;

  it.each(['read', 'readp'] as const)('by %s that knows its end is data, or FAILED', (method) => {
    for (const offset of U32) {
      for (const length of U32) {
        const { device, host } = quiet();
        const end = (size: number) => Math.min(offset + size, 8);
        device.register('it', {
          [method]: (from: number, size: number) =>
            method === 'readp' && !inside(from, size) ? bytes('') : eight.subarray(from, end(size)),
        });
        host.send(command(0, Opcode.CHANNEL_READ, 1, encodeReadRequest(offset, length)));
        const said = host.said();
        expect(said.length).toBeLessThanOrEqual(2);
        const last = said.at(-1)!;
        if (length === 0) expect(last).toBe('0 CHANNEL_READ@1 NAK INVALID');
        else if (inside(offset, length))
          expect(last.endsWith(Buffer.from(eight.slice(offset, offset + length)).toString('hex'))).toBe(true);
        else expect(last.endsWith('NAK FAILED')).toBe(true);
        works(host, said.length);
      }
    }
  });

  it('of the channels that the library makes is data, or refused', () => {
    for (const offset of U32) {
      for (const length of U32) {
        const { device, host } = quiet();
        const profile = profileChannel(device);
        const at = { ticks: 0, cycles: 0, events: [] };
        profile.enter(1, 2, at);
        profile.exit(1, at);
        valueChannel(device, 'value', new BehaviorSubject(eight as Uint8Array), asBytes);
        textChannel(device, 'text', of('12345678'));
        frameSourceChannel(device, 'frames', of({ width: 1, height: 1, format: 'jpeg', data: eight }));
        let sequence = 0;
        for (const channel of [1, 2, 3, 4]) {
          host.send(command(sequence, Opcode.CHANNEL_READ, channel, encodeReadRequest(offset, length)));
          const said = host.said();
          expect(said.length).toBeGreaterThan(0);
          expect(said.length).toBeLessThanOrEqual(2);
          sequence += said.length;
        }
        works(host, sequence);
      }
    }
  });

  it('past the end of readp is what was asked for, to the last byte of the largest camera’s memory', () => {
    const { device, host } = quiet(8192);
    device.register('it', { readp: () => eight });
    const most = 64 * 1024 * 1024;
    host.send(command(0, Opcode.CHANNEL_READ, 1, encodeReadRequest(0, most)));
    let seen = 0;
    for (const packet of host.written.splice(0)) seen += packet.length - 14;
    expect(seen).toBe(most);
  }, 30_000);
});

describe('a write of any offset and length', () => {
  it('hands over the offset as it is, and takes no more bytes than came', () => {
    const { device, host } = quiet();
    const calls: [number, number][] = [];
    device.register('it', { write: (offset, data) => calls.push([offset, data.length]) });
    let sequence = 0;
    for (const offset of U32) {
      for (const length of U32) {
        calls.length = 0;
        const payload = Uint8Array.from([...encodeWords(offset, length), ...new Uint8Array(8)]);
        host.send(command(sequence, Opcode.CHANNEL_WRITE, 1, payload));
        const taken = length > 0 && length <= 8;
        expect(calls).toEqual(taken ? [[offset, length]] : []);
        expect(host.said()).toEqual([`${sequence} CHANNEL_WRITE@1 ${taken ? 'ACK' : 'NAK INVALID'}`]);
        sequence = (sequence + 1) & 0xff;
      }
    }
    works(host, sequence);
  });
});

describe('the channels of the firmware, asked for what makes no sense', () => {
  function stdio() {
    const { device, host, clock } = quiet();
    const ordered: string[] = [];
    const runner = { running: false, stop: () => ordered.push('stop'), execute: () => ordered.push('execute') };
    const stdin = new StdinChannel(device, runner);
    const stdout = new StdoutChannel(device, 512, 50, clock);
    return { device, host, ordered, stdin, stdout };
  }

  it('stdin: a request with an argument, or that is none', () => {
    const { host, ordered } = stdio();
    let sequence = 0;
    for (const request of U32) {
      for (const size of [0, 1, 4, 100]) {
        host.send(command(sequence, Opcode.CHANNEL_IOCTL, 1, encodeIoctl(request, new Uint8Array(size))));
        const said = host.said().map((packet) => packet.split('@1 ')[1]);
        const known = size === 0 && request >= 1 && request <= 3;
        expect([request, size, ...said]).toEqual([
          request,
          size,
          known ? (request === 2 ? 'NAK FAILED' : 'ACK') : 'NAK INVALID',
        ]);
        sequence++;
      }
    }
    expect(ordered).toEqual(['stop']);
    works(host, sequence);
  });

  it('stdin: a script without end, of which it holds a megabyte', () => {
    const { host, stdin } = stdio();
    let [sequence, acks] = [0, 0];
    for (let offset = 0; offset < 3 << 20; offset += 490) {
      const payload = Uint8Array.from([...encodeWords(offset, 490), ...new Uint8Array(490).fill(0x61)]);
      host.send(command(sequence, Opcode.CHANNEL_WRITE, 1, payload));
      if (host.said()[0]!.endsWith(' ACK')) acks++;
      sequence = (sequence + 1) & 0xff;
    }
    expect(acks).toBe(Math.floor((1 << 20) / 490));
    expect(stdin.source).toHaveLength(acks * 490);
    works(host, sequence);
  });

  it('stdin: a read; stdout: a write, an ioctl, a lock', () => {
    const { host } = stdio();
    host.send(command(0, Opcode.CHANNEL_READ, 1, encodeReadRequest(0, 4)));
    host.send(command(1, Opcode.CHANNEL_WRITE, 2, Uint8Array.from([...encodeWords(0, 1), 7])));
    host.send(command(2, Opcode.CHANNEL_IOCTL, 2, encodeIoctl(1)), command(3, Opcode.CHANNEL_LOCK, 2));
    expect(host.said()).toEqual([
      '0 CHANNEL_READ@1 NAK INVALID',
      '1 CHANNEL_WRITE@2 NAK INVALID',
      '2 CHANNEL_IOCTL@2 NAK INVALID',
      '3 CHANNEL_LOCK@2 NAK BUSY',
    ]);
    works(host, 4);
  });

  it('stdout: more text than it can hold', () => {
    const { host, stdout } = stdio();
    for (let line = 0; line < 10_000; line++) stdout.print(`${'x'.repeat(100)}\n`);
    stdout.print('y'.repeat(1_000_000));
    host.send(command(0, Opcode.CHANNEL_SIZE, 2));
    expect(host.said()).toEqual(['0 CHANNEL_SIZE@2 00020000']);
    works(host, 1);
  });
});

describe('channels without end', () => {
  it('are 32, with the link itself; all of them are listed and polled', () => {
    const { device, host } = quiet();
    for (let id = 1; id < 32; id++) device.register('n'.repeat(40), { poll: () => true });
    for (let times = 0; times < 100; times++)
      expect(() => device.register('one more', {})).toThrow('all 32 ids are in use');
    host.send(command(0, Opcode.CHANNEL_LIST));
    const packets = host.written.splice(0);
    expect(packets.map(({ length }) => length - 14)).toEqual([498, 14]);
    const list = decodeChannelList(Uint8Array.from(Buffer.concat(packets.map((packet) => packet.subarray(10, -4)))));
    expect(list.map(({ id }) => id)).toEqual(Array.from({ length: 32 }, (_, id) => id));
    expect(new Set(list.slice(1).map(({ name }) => name))).toEqual(new Set(['n'.repeat(13)]));
    host.send(command(2, Opcode.CHANNEL_POLL));
    expect(host.said()).toEqual(['2 CHANNEL_POLL@0 feffffff']);
    works(host, 3);
  });
});

import { concat, delay, of, throwError } from 'rxjs';
import { Device, type Backend, type DeviceError, type DeviceOptions } from '../../lib/device/index.js';
import { ChannelFlag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import {
  decodeChannelList,
  decodeDeviceStatistics,
  encodeIoctl,
  encodeReadRequest,
  encodeWriteRequest,
} from '../../lib/wire/payloads/index.js';
import { Clock } from './clock.js';
import { bytes, command, hexOf, link, SYNC, type Link } from './support.js';

interface Setup {
  readonly device: Device;
  readonly host: Link;
  readonly clock: Clock;
  readonly errors: DeviceError[];
  /** Sends the next command and says what came back, without the sequence. */
  readonly ask: (opcode: number, channel?: number, payload?: Uint8Array) => string[];
}

function setup(backend?: Backend, options: DeviceOptions = {}, flags?: number): Setup {
  const clock = new Clock();
  const device = new Device({ ack: false, scheduler: clock, ...options });
  const errors: DeviceError[] = [];
  device.errors$.subscribe((error) => errors.push(error));
  if (backend) device.register('it', backend, flags);
  const host = link(device);
  let sequence = 0;
  const ask = (opcode: number, channel = 1, payload = bytes('')) => {
    host.send(command(sequence, opcode, channel, payload));
    const said = host.said();
    sequence += said.length;
    return said.map((packet) => packet.replace(/^\d+ \S+ ?/, ''));
  };
  return { device, host, clock, errors, ask };
}

const read = (offset: number, length: number) => encodeReadRequest(offset, length);
const write = (hex: string) => encodeWriteRequest(0, bytes(hex));

describe('channels of a Device', () => {
  it('get the first free id, 32 of them', () => {
    const device = new Device();
    const made = Array.from({ length: 31 }, (_, at) => device.register(`channel ${at}`, {}));
    expect(made.map(({ id }) => id)).toEqual(Array.from({ length: 31 }, (_, at) => at + 1));
    expect(() => device.register('one more', {})).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }) as Error);
    made[6]!.unregister();
    expect(device.register('again', {}).id).toBe(7);
  });

  it('get their names cut to 13 characters', () => {
    const { device, host } = setup();
    expect(device.register('a name that is too long', {}).name).toBe('a name that i');
    host.said();
    host.send(command(0, Opcode.CHANNEL_LIST));
    expect(decodeChannelList(host.saidBytes().slice(10, -4))).toEqual([
      { id: 0, flags: ChannelFlag.PHYSICAL, name: 'usb' },
      { id: 1, flags: ChannelFlag.DYNAMIC, name: 'a name that i' },
    ]);
  });

  it.each([
    ['13 bytes of UTF-8, whole characters of them', 'température °C', 'température '],
    ['12 bytes where the thirteenth is half a character', 'twelve bytesé', 'twelve bytes'],
    ['what stands before a NUL', 'na\0me', 'na'],
    ['nothing', '', ''],
    ['13 of 40', 'x'.repeat(40), 'x'.repeat(13)],
  ])('get of their names %s', (_, name, seen) => {
    const { device, host } = setup();
    expect(device.register(name, {}).name).toBe(seen);
    host.said();
    host.send(command(0, Opcode.CHANNEL_LIST));
    expect(decodeChannelList(host.saidBytes().slice(10, -4))[1]!.name).toBe(seen);
  });

  it.each([-1, 0.5, 256, NaN])('have flags that are one byte, not %d', (flags) => {
    const { device } = setup();
    expect(() => device.register('it', {}, flags)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
    );
  });

  it.each([-1, 0.5, 0x10000, NaN])('have events that are 0 to 0xFFFF, not %d', (event) => {
    const { device, host } = setup();
    const channel = device.register('it', {});
    host.said();
    expect(() => channel.sendEvent(event)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
    expect(host.said()).toEqual([]);
  });

  describe('a back-end', () => {
    it('is begun when it is registered, before the host hears of it', () => {
      const { device, host } = setup();
      host.said();
      let heard: string[] = ['never'];
      device.register('it', { init: () => (heard = host.said()) });
      expect(heard).toEqual([]);
      expect(host.said()).toEqual(['0 SYS_EVENT@0 EVENT 0000']);
    });

    it('that can not begin is not registered, and leaves its id', () => {
      const { device, host } = setup();
      const broken = () => {
        throw new Error('no sensor');
      };
      expect(() => device.register('it', { init: broken })).toThrow('no sensor');
      expect(host.said()).toEqual([]);
      expect(device.register('another', {}).id).toBe(1);
    });

    it('is ended once, when it is taken away', () => {
      const { device } = setup();
      let ended = 0;
      const channel = device.register('it', { deinit: () => ended++ });
      channel.unregister();
      channel.unregister();
      device.softReboot();
      expect(ended).toBe(1);
    });

    it('is ended by a soft reboot if it is dynamic, and one that fails at it does not keep the others', () => {
      const { device, errors } = setup({
        deinit: () => {
          throw new Error('stuck');
        },
      });
      const ended: string[] = [];
      device.register('dynamic', { deinit: () => ended.push('dynamic') });
      device.register('of the firmware', { deinit: () => ended.push('of the firmware') }, ChannelFlag.READ);
      device.softReboot();
      expect(ended).toEqual(['dynamic']);
      expect(errors).toEqual([{ channel: 'it', opcode: undefined, error: new Error('stuck') }]);
    });
  });

  it.each<[string, Backend, number]>([
    ['read', { read: () => bytes('') }, ChannelFlag.READ],
    ['readp', { readp: () => bytes('') }, ChannelFlag.READ],
    ['write', { write: () => 1 }, ChannelFlag.WRITE],
    ['lock without unlock', { lock: () => true }, 0],
    ['lock and unlock', { lock: () => true, unlock: () => true }, ChannelFlag.LOCK],
  ])('get the flags that stand for %s', (_, backend, flags) => {
    const { host } = setup(backend);
    host.send(command(0, Opcode.CHANNEL_LIST));
    expect(decodeChannelList(host.saidBytes().slice(10, -4))[1]!.flags).toBe(ChannelFlag.DYNAMIC | flags);
  });

  it('that lack a method, or are not there, refuse what needs it', () => {
    const { ask } = setup({});
    for (const channel of [1, 2, 200]) {
      expect(ask(Opcode.CHANNEL_SIZE, channel)).toEqual(['NAK INVALID']);
      expect(ask(Opcode.CHANNEL_SHAPE, channel)).toEqual(['NAK INVALID']);
      expect(ask(Opcode.CHANNEL_READ, channel, read(0, 1))).toEqual(['NAK INVALID']);
      expect(ask(Opcode.CHANNEL_WRITE, channel, write('00'))).toEqual(['NAK INVALID']);
      expect(ask(Opcode.CHANNEL_IOCTL, channel, encodeIoctl(0))).toEqual(['NAK INVALID']);
      expect(ask(Opcode.CHANNEL_LOCK, channel)).toEqual(['NAK BUSY']);
      expect(ask(Opcode.CHANNEL_UNLOCK, channel)).toEqual(['NAK BUSY']);
    }
  });

  describe('POLL', () => {
    it('sets the bit of each channel that has data, up to the 31st', () => {
      const { device, ask } = setup({ poll: () => true });
      for (let id = 2; id < 32; id++) device.register('more', { poll: () => id === 31 });
      expect(setup({ poll: () => false }).ask(Opcode.CHANNEL_POLL, 0)).toEqual(['00000000']);
      expect(ask(Opcode.CHANNEL_POLL, 0).at(-1)).toBe('02000080');
    });

    it('leaves out a channel that fails, and reports it', () => {
      const { device, errors, host } = setup({
        poll: () => {
          throw new Error('no');
        },
      });
      device.register('other', { poll: () => Promise.resolve(true) });
      host.said();
      host.send(command(0, Opcode.CHANNEL_POLL));
      return new Promise(setImmediate).then(() => {
        expect(host.said()).toEqual(['0 CHANNEL_POLL@0 04000000']);
        expect(errors).toEqual([{ channel: 'it', opcode: Opcode.CHANNEL_POLL, error: new Error('no') }]);
      });
    });
  });

  it('SHAPE has up to four numbers, or none', () => {
    expect(setup({ shape: () => [] }).ask(Opcode.CHANNEL_SHAPE)).toEqual(['']);
    expect(setup({ shape: () => [1, 2, 3, 4, 5] }).ask(Opcode.CHANNEL_SHAPE)).toEqual(['16B']);
  });

  describe('READ', () => {
    it('calls read once a packet, for at most 512 bytes', () => {
      const calls: [number, number][] = [];
      const { ask } = setup({
        read: (offset, size) => {
          calls.push([offset, size]);
          return new Uint8Array(size);
        },
      });
      expect(ask(Opcode.CHANNEL_READ, 1, read(10, 1100))).toEqual(['FRAGMENT 512B', 'FRAGMENT 512B', '76B']);
      expect(calls).toEqual([
        [10, 512],
        [522, 512],
        [1034, 76],
      ]);
    });

    it('calls read for at most the largest payload where that is smaller', () => {
      const { ask } = setup({ read: (_, size) => new Uint8Array(size) }, { maxPayload: 100 });
      expect(ask(Opcode.CHANNEL_READ, 1, read(0, 150))).toEqual(['FRAGMENT 100B', '50B']);
    });

    it('sends what read has, then FAILED, when it runs dry', () => {
      const data = bytes('0102030405');
      const { ask } = setup({ read: (offset, size) => data.subarray(offset, offset + Math.min(size, 3)) });
      expect(ask(Opcode.CHANNEL_READ, 1, read(0, 7))).toEqual(['FRAGMENT 010203', 'FRAGMENT 0405', 'NAK FAILED']);
    });

    it('calls readp once a request, and prefers it', () => {
      const calls: [number, number][] = [];
      const { ask } = setup(
        {
          read: () => bytes('ff'),
          readp: (offset, size) => {
            calls.push([offset, size]);
            return new Uint8Array(size);
          },
        },
        { bufferSize: 512 },
      );
      expect(ask(Opcode.CHANNEL_READ, 1, read(5, 1000))).toEqual(['FRAGMENT 498B', 'FRAGMENT 498B', '00000000']);
      expect(calls).toEqual([[5, 1000]]);
    });

    it('answers with the whole length even past what readp has', () => {
      const { ask } = setup({ readp: () => bytes('0102') });
      expect(ask(Opcode.CHANNEL_READ, 1, read(0, 6))).toEqual(['010200000000']);
    });

    it('is refused when it is longer than any camera’s memory and than what there is', () => {
      const { ask } = setup({ readp: () => bytes('01') }, { bufferSize: 8192 });
      for (const length of [64 * 1024 * 1024 + 1, 0x80000000, 0xffffffff])
        expect(ask(Opcode.CHANNEL_READ, 1, read(0, length))).toEqual(['NAK FAILED']);
    });

    it('hands over offsets and lengths as they are, up to the last', () => {
      const calls: [number, number][] = [];
      const { ask } = setup({ read: (offset, size) => (calls.push([offset, size]), bytes('')) });
      for (const at of [0x7fffffff, 0x80000000, 0xffffffff]) ask(Opcode.CHANNEL_READ, 1, read(at, at));
      expect(calls).toEqual([
        [0x7fffffff, 512],
        [0x80000000, 512],
        [0xffffffff, 512],
      ]);
    });

    it('repeats what read had then, though a Buffer that it gave has other content by now', () => {
      const buffer = Buffer.from('abc');
      const { host, clock } = setup({ read: () => buffer }, { ack: true });
      host.send(command(0, Opcode.CHANNEL_READ, 1, read(0, 3)));
      buffer.write('xyz');
      host.said();
      clock.pass(500);
      expect(host.said()).toEqual(['0 CHANNEL_READ@1 RTX+ACK_REQ 616263']);
    });

    it('takes the bytes of whatever array', () => {
      const { host } = setup({ readp: () => Uint16Array.of(0x0201, 0x0403) as unknown as Uint8Array });
      host.send(command(0, Opcode.CHANNEL_READ, 1, read(0, 4)));
      expect(host.said()).toEqual(['0 CHANNEL_READ@1 01020304']);
    });

    it('takes no more from read than it asked for', () => {
      const { ask } = setup({ read: () => new Uint8Array(100) });
      expect(ask(Opcode.CHANNEL_READ, 1, read(0, 3))).toEqual(['000000']);
    });

    it('fails where nothing is there, and is invalid without a length', () => {
      const nothing = { readp: () => bytes('') };
      expect(setup(nothing).ask(Opcode.CHANNEL_READ, 1, read(0, 6))).toEqual(['NAK FAILED']);
      expect(setup(nothing).ask(Opcode.CHANNEL_READ, 1, read(0, 0))).toEqual(['NAK INVALID']);
    });
  });

  describe('WRITE', () => {
    it('is one call of write, and refused when nothing was taken', () => {
      const calls: [number, string][] = [];
      const { ask } = setup({ write: (offset, data) => calls.push([offset, hexOf(data)]) - 1 });
      expect(ask(Opcode.CHANNEL_WRITE, 1, write('0102'))).toEqual(['NAK FAILED']);
      expect(ask(Opcode.CHANNEL_WRITE, 1, write('03'))).toEqual(['ACK']);
      expect(calls).toEqual([
        [0, '0102'],
        [0, '03'],
      ]);
    });

    it('is invalid without a length, and with a length that did not come', () => {
      const { ask } = setup({ write: () => 1 });
      expect(ask(Opcode.CHANNEL_WRITE, 1, bytes('0000000000000000ff'))).toEqual(['NAK INVALID']);
      expect(ask(Opcode.CHANNEL_WRITE, 1, bytes('0000000002000000ff'))).toEqual(['NAK INVALID']);
    });

    it('hands out a view that is valid until the back-end has settled', async () => {
      let seen = '';
      let finish: (count: number) => void = () => undefined;
      const { host } = setup({
        write: (_, data) =>
          new Promise<number>((resolve) => {
            finish = (count) => {
              seen = hexOf(data);
              resolve(count);
            };
          }),
      });
      host.send(command(0, Opcode.CHANNEL_WRITE, 1, write('01020304')));
      for (let i = 0; i < 100; i++) host.send(new Uint8Array(100).fill(0xee));
      finish(4);
      expect(seen).toBe('01020304');
      await Promise.resolve();
      expect(host.said()).toEqual(['0 CHANNEL_WRITE@1 ACK']);
    });
  });

  describe('IOCTL', () => {
    it('is done with 0 or nothing, and failed with anything else', () => {
      const results: (number | undefined)[] = [0, undefined, 1];
      const { ask } = setup({ ioctl: () => results.shift() });
      expect([0, 1, 2].map(() => ask(Opcode.CHANNEL_IOCTL, 1, encodeIoctl(7))[0])).toEqual([
        'ACK',
        'ACK',
        'NAK FAILED',
      ]);
    });

    it('hands over its argument, or none', () => {
      const calls: [number, string | undefined][] = [];
      const { ask } = setup({ ioctl: (request, argument) => void calls.push([request, argument && hexOf(argument)]) });
      ask(Opcode.CHANNEL_IOCTL, 1, encodeIoctl(7));
      ask(Opcode.CHANNEL_IOCTL, 1, encodeIoctl(8, bytes('0102')));
      expect(calls).toEqual([
        [7, undefined],
        [8, '0102'],
      ]);
    });

    it('is checked on a channel of the firmware', () => {
      const backend = { ioctl: () => 0, ioctlSizes: new Map([[1, 4]]) };
      const { ask } = setup(backend, {}, ChannelFlag.READ);
      expect(ask(Opcode.CHANNEL_IOCTL, 1, encodeIoctl(1))).toEqual(['NAK INVALID']);
      expect(ask(Opcode.CHANNEL_IOCTL, 1, encodeIoctl(2))).toEqual(['NAK INVALID']);
      expect(ask(Opcode.CHANNEL_IOCTL, 1, encodeIoctl(1, bytes('00000000')))).toEqual(['ACK']);
    });
  });

  describe('LOCK', () => {
    const lockable = { lock: () => true, unlock: () => true };

    it('is refused within 10 ms of the last, of whatever channel', () => {
      const { device, ask, clock, host } = setup(lockable);
      device.register('other', lockable);
      host.said();
      expect(ask(Opcode.CHANNEL_LOCK, 1)).toEqual(['ACK']);
      clock.pass(10);
      expect(ask(Opcode.CHANNEL_LOCK, 2)).toEqual(['NAK BUSY']);
      clock.pass(1);
      expect(ask(Opcode.CHANNEL_LOCK, 2)).toEqual(['ACK']);
    });

    it('is not delayed by one that was refused', () => {
      const answers = [false, true];
      const { ask } = setup({ lock: () => answers.shift()!, unlock: () => true });
      expect(ask(Opcode.CHANNEL_LOCK)).toEqual(['NAK BUSY']);
      expect(ask(Opcode.CHANNEL_LOCK)).toEqual(['ACK']);
    });

    it('is released by a SYNC, before that is acknowledged', async () => {
      let released: () => void = () => undefined;
      const { host } = setup({
        lock: () => true,
        unlock: () => new Promise<boolean>((resolve) => (released = () => resolve(true))),
      });
      host.send(SYNC);
      expect(host.said()).toEqual([]);
      released();
      await Promise.resolve();
      expect(host.said()).toEqual(['0 PROTO_SYNC@0 ACK']);
    });

    it('is released by a SYNC even if another channel can not be', () => {
      let locked = true;
      const { device, host, errors } = setup({
        unlock: () => {
          throw new Error('stuck');
        },
      });
      device.register('other', { lock: () => true, unlock: () => !(locked = false) });
      host.said();
      host.send(SYNC);
      expect(host.said()).toEqual(['0 PROTO_SYNC@0 ACK']);
      expect(locked).toBe(false);
      expect(errors).toHaveLength(1);
    });
  });

  describe('a back-end that takes its time', () => {
    it('keeps all other commands waiting, and a SYNC too', () => {
      const clock = new Clock();
      const { host } = setup({ size: () => of(3, 4).pipe(delay(1000, clock)) });
      host.send(command(0, Opcode.CHANNEL_SIZE, 1), command(1, Opcode.CHANNEL_UNLOCK), SYNC);
      expect(host.said()).toEqual([]);
      clock.pass(1000);
      expect(host.said()).toEqual(['0 CHANNEL_SIZE@1 04000000', '1 CHANNEL_UNLOCK@0 NAK BUSY', '0 PROTO_SYNC@0 ACK']);
    });
  });

  it.each<[string, Backend]>([
    [
      'throws',
      {
        size: () => {
          throw new Error('broken');
        },
      },
    ],
    [
      'errors',
      {
        size: () =>
          concat(
            of(1),
            throwError(() => new Error('broken')),
          ),
      },
    ],
  ])('refuse with FAILED when the back-end %s, and report it', (_, backend) => {
    const { ask, errors } = setup(backend);
    expect(ask(Opcode.CHANNEL_SIZE)).toEqual(['NAK FAILED']);
    expect(errors).toEqual([{ channel: 'it', opcode: Opcode.CHANNEL_SIZE, error: new Error('broken') }]);
    expect(ask(Opcode.CHANNEL_UNLOCK)).toEqual(['NAK BUSY']);
  });

  it.each<[string, number, unknown, string]>([
    ['size', Opcode.CHANNEL_SIZE, NaN, 'size must give whole numbers of 0 to 2³² − 1, not NaN'],
    ['size', Opcode.CHANNEL_SIZE, -1, 'size must give whole numbers of 0 to 2³² − 1, not -1'],
    ['size', Opcode.CHANNEL_SIZE, '3', 'size must give whole numbers of 0 to 2³² − 1, not string'],
    ['shape', Opcode.CHANNEL_SHAPE, [2, 0.5], 'shape must give whole numbers of 0 to 2³² − 1, not 0.5'],
    ['read', Opcode.CHANNEL_READ, new ArrayBuffer(3), 'read must give a Uint8Array, not ArrayBuffer'],
    ['read', Opcode.CHANNEL_READ, undefined, 'read must give a Uint8Array, not undefined'],
    ['readp', Opcode.CHANNEL_READ, 'abc', 'readp must give a Uint8Array, not string'],
    ['readp', Opcode.CHANNEL_READ, null, 'readp must give a Uint8Array, not Null'],
  ])('refuse with FAILED when %s (opcode %d) gives %p, and say why', (method, opcode, given, message) => {
    const { ask, errors } = setup({ [method]: () => given });
    expect(ask(opcode, 1, opcode === Opcode.CHANNEL_READ ? read(0, 3) : undefined)).toEqual(['NAK FAILED']);
    expect(errors).toMatchObject([{ channel: 'it', opcode, error: { code: 'INVALID_ARGUMENT', message } }]);
    expect(ask(Opcode.CHANNEL_UNLOCK)).toEqual(['NAK BUSY']);
  });

  it('refuse with FAILED when the back-end rejects', async () => {
    const { host, errors } = setup({ size: () => Promise.reject(new Error('broken')) });
    host.send(command(0, Opcode.CHANNEL_SIZE, 1));
    await new Promise(setImmediate);
    expect(host.said()).toEqual(['0 CHANNEL_SIZE@1 NAK FAILED']);
    expect(errors).toHaveLength(1);
  });

  it('are counted, from the start of the device on', () => {
    const { device, host } = setup(undefined, { ack: true });
    device.register('it', {});
    host.send(command(7, Opcode.CHANNEL_UNLOCK), SYNC, command(0, Opcode.CHANNEL_UNLOCK));
    host.said();
    host.send(command(1, Opcode.PROTO_STATS));
    expect(decodeDeviceStatistics(host.saidBytes().slice(10, -4))).toEqual({
      sentPackets: 3,
      receivedPackets: 3,
      checksumErrors: 0,
      sequenceErrors: 1,
      retransmits: 0,
      transportErrors: 0,
      sentEvents: 1,
    });
  });
});

import { Device, type Backend } from '../../lib/device/index.js';
import { ChannelFlag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { decodeChannelList, decodeDeviceStatistics, encodeUtf8 } from '../../lib/wire/payloads/index.js';
import { setup } from './channel-bench.js';
import { bytes, command, hexOf, SYNC } from './support.js';

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
    ['12 bytes where the thirteenth is half a character', 'twelve bytesé', 'twelve bytes\ufffd'],
    ['13 that are all of it', 'a123456789012', 'a123456789012'],
    ['13 of 14', 'b1234567890123', 'b123456789012'],
    ['13 of 20', 'c1234567890123456789', 'c123456789012'],
    ['13 of 16, two of which are one character', 'é12345678901234', 'é12345678901'],
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

  it('get their names cut in the middle of a character, as the firmware cuts them', () => {
    const { device, host } = setup();
    device.register('twelve bytesé', {});
    host.said();
    host.send(command(0, Opcode.CHANNEL_LIST));
    expect(hexOf(host.saidBytes().slice(10, -4).subarray(18, 32))).toBe(`${hexOf(encodeUtf8('twelve bytes'))}c300`);
  });

  it('may have one name, and two ids', () => {
    const { device, host } = setup();
    const [first, second] = [device.register('c', {}), device.register('c', {})];
    host.said();
    host.send(command(0, Opcode.CHANNEL_LIST));
    expect(decodeChannelList(host.saidBytes().slice(10, -4)).map(({ id, name }) => `${id}${name}`)).toEqual([
      '0usb',
      '1c',
      '2c',
    ]);
    first.sendEvent(1);
    second.sendEvent(2);
    expect(host.said()).toEqual(['1 CHANNEL_EVENT@1 EVENT 0100', '1 CHANNEL_EVENT@2 EVENT 0200']);
  });

  it.each([-1, 0.5, 256, NaN])('have flags that are one byte, not %d', (flags) => {
    const { device } = setup();
    expect(() => device.register('it', {}, flags)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
    );
  });

  it.each([0.5, NaN, Infinity])('have events that are whole numbers, not %d', (event) => {
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

import { ChannelFlag } from '../../../lib/wire/flags.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import { encodeIoctl } from '../../../lib/wire/payloads/index.js';
import { setup, write } from '../channel-bench.js';
import { bytes, command, hexOf } from '../support.js';

describe('channels of a Device', () => {
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
    it('is done with 0 or nothing, and failed with another number', () => {
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
});

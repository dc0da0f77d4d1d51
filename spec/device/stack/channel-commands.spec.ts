import { concat, delay, of, throwError } from 'rxjs';
import type { Backend } from '../../../lib/device/index.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import { encodeIoctl } from '../../../lib/wire/payloads/index.js';
import { read, setup, write } from '../channel-bench.js';
import { Clock } from '../clock.js';
import { bytes, command, SYNC } from '../support.js';

describe('channels of a Device', () => {
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

    it('has the bits of the channels behind one that fails', async () => {
      const { device, host } = setup({
        poll: () => {
          throw new Error('no');
        },
      });
      device.register('other', { poll: () => Promise.resolve(true) });
      host.said();
      host.send(command(0, Opcode.CHANNEL_POLL));
      await new Promise(setImmediate);
      expect(host.said()).toEqual(['0 CHANNEL_POLL@0 04000000']);
    });
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

    it('is not delayed by one that failed', () => {
      let isBroken = true;
      const lock = () => {
        if (isBroken) throw new Error('broken');
        return true;
      };
      const { ask } = setup({ lock, unlock: () => true });
      expect(ask(Opcode.CHANNEL_LOCK)).toEqual(['NAK BUSY']);
      isBroken = false;
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

  describe('whose back-end fails', () => {
    const broken = new Error('broken');
    const ways: [string, () => never][] = [
      [
        'throws',
        () => {
          throw broken;
        },
      ],
      ['rejects', () => Promise.reject(broken) as never],
      [
        'errors behind a value',
        () =>
          concat(
            of(1),
            throwError(() => broken),
          ) as never,
      ],
    ];
    const methods: [keyof Backend, string, number, Uint8Array, string][] = [
      ['poll', 'not ready', Opcode.CHANNEL_POLL, bytes(''), '00000000'],
      ['lock', 'BUSY', Opcode.CHANNEL_LOCK, bytes(''), 'NAK BUSY'],
      ['unlock', 'BUSY', Opcode.CHANNEL_UNLOCK, bytes(''), 'NAK BUSY'],
      ['size', '0', Opcode.CHANNEL_SIZE, bytes(''), '00000000'],
      ['shape', 'no numbers', Opcode.CHANNEL_SHAPE, bytes(''), ''],
      ['read', 'FAILED', Opcode.CHANNEL_READ, read(0, 3), 'NAK FAILED'],
      ['readp', 'FAILED', Opcode.CHANNEL_READ, read(0, 3), 'NAK FAILED'],
      ['write', 'ACK', Opcode.CHANNEL_WRITE, write('01'), 'ACK'],
      ['ioctl', 'FAILED', Opcode.CHANNEL_IOCTL, encodeIoctl(1), 'NAK FAILED'],
    ];

    describe.each(ways)('in that it %s', (_, fail) => {
      it.each(methods)('at %s answer %s, and report it', async (method, _answer, opcode, payload, reply) => {
        const { host, errors } = setup({ [method]: fail });
        host.send(command(0, opcode, opcode === Opcode.CHANNEL_POLL ? 0 : 1, payload));
        await new Promise(setImmediate);
        expect(host.said().map((packet) => packet.replace(/^\d+ \S+ ?/, ''))).toEqual([reply]);
        expect(errors).toEqual([{ channel: 'it', opcode, error: broken }]);
      });
    });

    it('go on with the next command', () => {
      const { ask } = setup({ size: ways[0]![1] });
      expect(ask(Opcode.CHANNEL_SIZE)).toEqual(['00000000']);
      expect(ask(Opcode.CHANNEL_UNLOCK)).toEqual(['NAK BUSY']);
    });
  });
});

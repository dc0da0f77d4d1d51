import { BehaviorSubject } from 'rxjs';
import { Device } from '../../../lib/device/device.js';
import { valueChannel } from '../../../lib/device/backends/value-channel.js';
import { bytes as asBytes, json } from '../../../lib/host/channel/codecs.js';
import { ChannelFlag } from '../../../lib/wire/flags.js';
import { decodeUtf8, encodeUtf8 } from '../../../lib/wire/payloads/index.js';
import { bytes } from '../support.js';
import { Served } from './served.js';

interface Config {
  readonly quality: number;
}

function served(subject = new BehaviorSubject<Config>({ quality: 80 })) {
  return Object.assign(new Served((device) => valueChannel(device, 'config', subject, json<Config>())), { subject });
}

const textOf = (answer: Uint8Array | string): string => (typeof answer === 'string' ? answer : decodeUtf8(answer));
const OF_80 = '{"quality":80}';

describe('a channel with a value', () => {
  it('is read as what the subject holds', () => {
    const it = served();
    expect(it.size()).toBe(OF_80.length);
    expect(textOf(it.read(0, OF_80.length))).toBe(OF_80);
  });

  it('can be read and written, and says so', () => {
    const { device } = served();
    const channel = valueChannel(device, 'it', new BehaviorSubject(bytes('')), asBytes);
    expect(channel.id).toBe(2);
  });

  it('is set by a write, which is answered with ACK', () => {
    const it = served();
    const seen: Config[] = [];
    it.subject.subscribe((value) => seen.push(value));
    expect(it.write(encodeUtf8('{"quality":30}'))).toBe('ACK');
    expect(seen).toEqual([{ quality: 80 }, { quality: 30 }]);
  });

  it('tells of each change, whoever has made it, and not of what it began with', () => {
    const it = served();
    expect(it.notified()).toBe(0);
    it.subject.next({ quality: 1 });
    it.subject.next({ quality: 2 });
    expect(it.notified()).toBe(2);
    it.write(encodeUtf8('{"quality":30}'));
    expect(it.notified()).toBe(1);
  });

  it('is ready from a change until its SIZE', () => {
    const it = served();
    expect(it.ready).toBe(true);
    it.size();
    expect(it.ready).toBe(false);
    it.subject.next({ quality: 1 });
    expect(it.ready).toBe(true);
  });

  it('does not tear: reads are of the value of the last SIZE', () => {
    const it = served(new BehaviorSubject({ quality: 1 }));
    const size = it.size() as number;
    const half = it.read(0, 6) as Uint8Array;
    it.subject.next({ quality: 1_000_000 });
    const rest = it.read(6, size - 6) as Uint8Array;
    expect(textOf(half) + textOf(rest)).toBe('{"quality":1}');
    expect(textOf(it.read(6, size - 6))).toBe(textOf(rest));
    expect(it.size()).toBe('{"quality":1000000}'.length);
  });

  it('does not tear by a write of its own host either', () => {
    const it = served();
    const size = it.size() as number;
    it.write(encodeUtf8('{"quality":3}'));
    expect(textOf(it.read(0, size))).toBe(OF_80);
  });

  it('can be read without a SIZE', () => {
    const it = served();
    expect(textOf(it.read(0, 4))).toBe(OF_80.slice(0, 4));
  });

  it.each([
    [0, OF_80.length + 1],
    [OF_80.length, 1],
    [0xffffffff, 1],
    [1, 0xffffffff],
  ])('refuses to be read from %d, %d bytes: past its end', (offset, length) => {
    expect(served().read(offset, length)).toBe('NAK FAILED');
  });

  it.each([
    ['what its codec throws at', encodeUtf8('{"quality":'), 0, expect.any(SyntaxError) as unknown],
    ['the second part of a long one', encodeUtf8('80}'), 11, expect.objectContaining({ code: 'TOO_LARGE' }) as unknown],
  ])('refuses %s, keeps its value and reports it', (_, data, offset, error) => {
    const it = served();
    expect(it.write(data, offset)).toBe('NAK FAILED');
    expect(it.subject.value).toEqual({ quality: 80 });
    expect(it.notified()).toBe(0);
    expect(it.errors).toEqual([{ channel: 'config', opcode: 0x27, error }]);
  });

  it('keeps bytes that were written, though the buffer that they came in is used again', () => {
    const subject = new BehaviorSubject(bytes(''));
    const it = new Served((device) => valueChannel(device, 'raw', subject, asBytes));
    it.write(bytes('010203'));
    it.write(bytes('040506'), 1);
    it.size();
    expect(subject.value).toEqual(bytes('010203'));
  });

  it('may be empty: SIZE is 0, and nothing is there to read', () => {
    const it = new Served((device) => valueChannel(device, 'raw', new BehaviorSubject(bytes('')), asBytes));
    expect(it.size()).toBe(0);
    expect(it.read(0, 1)).toBe('NAK FAILED');
  });

  it('can be read, and is not written any more, when the subject has completed', () => {
    const it = served();
    it.subject.complete();
    expect(it.size()).toBe(OF_80.length);
    expect(textOf(it.read(0, OF_80.length))).toBe(OF_80);
    expect(it.write(encodeUtf8('{"quality":3}'))).toBe('NAK FAILED');
    expect(it.errors).toMatchObject([{ error: { code: 'NOT_WRITABLE' } }]);
  });

  it('fails with the error of the subject, each time, and says that there is something to learn', () => {
    const it = served();
    const error = new Error('no sensor');
    it.subject.error(error);
    expect(it.notified()).toBe(1);
    expect(it.size()).toBe(0);
    expect(it.write(encodeUtf8('{"quality":3}'))).toBe('NAK FAILED');
    expect(it.errors.map((entry) => entry.error)).toEqual([error, error]);
  });

  describe('follows its subject', () => {
    it('until it is unregistered', () => {
      const it = served();
      expect(it.subject.observed).toBe(true);
      it.channel.unregister();
      expect(it.subject.observed).toBe(false);
      it.subject.next({ quality: 1 });
      expect(it.notified()).toBe(0);
    });

    it('until a soft reboot, if it is dynamic', () => {
      const it = served();
      it.device.softReboot();
      expect(it.subject.observed).toBe(false);
    });

    it('through soft reboots, if it is not', () => {
      const subject = new BehaviorSubject({ quality: 80 });
      const it = new Served((device) =>
        valueChannel(device, 'config', subject, json<Config>(), ChannelFlag.READ | ChannelFlag.WRITE),
      );
      it.device.softReboot();
      it.host.synchronise();
      expect(subject.observed).toBe(true);
      expect(it.size()).toBe(OF_80.length);
    });

    it('whether a host is there or not', () => {
      const it = served();
      it.host.link.subscription.unsubscribe();
      it.subject.next({ quality: 1 });
      expect(it.subject.observed).toBe(true);
    });

    it('not at all when there is no place for the channel', () => {
      const device = new Device();
      for (let id = 1; id < 32; id++) device.register('it', {});
      const subject = new BehaviorSubject({ quality: 80 });
      expect(() => valueChannel(device, 'config', subject, json())).toThrow('all 32 ids are in use');
      expect(subject.observed).toBe(false);
    });
  });
});

import { Device } from '../../lib/device/device.js';
import { StreamChannel } from '../../lib/device/stream-channel.js';
import { ChannelFlag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import {
  decodeChannelList,
  decodeWord,
  decodeWords,
  encodeFrameHeader,
  encodeIoctl,
  encodeReadRequest,
  encodeWords,
  PixelFormat,
} from '../../lib/wire/payloads/index.js';
import { Clock } from './clock.js';
import { SimpleHost } from './simple-host.js';

const [CTRL, RAW_CTRL, RAW_CFG, SOURCE] = [0, 1, 2, 3];
const NOT_RAW = { enabled: false, width: 0, height: 0 };
const OV5640 = 0x5640;
const LEPTON = 0x54;

function frame(pixelFormat: number = PixelFormat.JPEG, size = 5, dataBytes = 5): Uint8Array {
  const header = encodeFrameHeader({ width: 20, height: 10, pixelFormat, size, offset: 32, fps: 25 });
  return Uint8Array.from([...header, ...new Uint8Array(dataBytes).fill(7)]);
}

function served() {
  const clock = new Clock();
  const device = new Device({ scheduler: clock });
  let switched = 0;
  const stream = new StreamChannel(device, { raw: NOT_RAW, sensors: [OV5640, LEPTON] }, () => switched++);
  const host = new SimpleHost(device);
  const ask = (opcode: number, payload?: Uint8Array) => host.ask(opcode, 1, payload);
  return {
    stream,
    host,
    ask,
    switched: () => switched,
    ioctl: (request: number | undefined, ...words: number[]) =>
      ask(Opcode.CHANNEL_IOCTL, encodeIoctl(request!, encodeWords(...words))).word,
    size: () => decodeWord(ask(Opcode.CHANNEL_SIZE).payload),
    lock: () => {
      clock.pass(11);
      return ask(Opcode.CHANNEL_LOCK).word;
    },
    unlock: () => ask(Opcode.CHANNEL_UNLOCK).word,
    notified: () => host.events.splice(0).length,
  };
}

describe('the channel stream (PROTOCOL 8)', () => {
  it('can be read and locked, and is a stream', () => {
    const { host } = served();
    const [, entry] = decodeChannelList(host.ask(Opcode.CHANNEL_LIST, 0).payload);
    const flags = ChannelFlag.READ | ChannelFlag.LOCK | ChannelFlag.STREAM;
    expect(entry).toEqual({ id: 1, name: 'stream', flags });
  });

  it('has a SIZE of 0, no LOCK and nothing to read without a frame', () => {
    const { ask, lock, size } = served();
    expect(size()).toBe(0);
    expect(lock()).toBe('NAK BUSY');
    expect(ask(Opcode.CHANNEL_READ, encodeReadRequest(0, 32)).word).toBe('NAK FAILED');
    expect(ask(Opcode.CHANNEL_SHAPE).payload).toHaveLength(0);
  });

  it('keeps a frame from its publication until UNLOCK, and no longer', () => {
    const { stream, ask, lock, unlock, size } = served();
    stream.publish(frame());
    expect(size()).toBe(37);
    expect(lock()).toBe('ACK');
    expect(ask(Opcode.CHANNEL_READ, encodeReadRequest(0, 37)).payload).toEqual(frame());
    expect(ask(Opcode.CHANNEL_READ, encodeReadRequest(32, 5)).payload).toEqual(frame().subarray(32));
    expect(unlock()).toBe('ACK');
    expect(size()).toBe(0);
  });

  it('is locked by one at a time, and unlocked at any time', () => {
    const { stream, lock, unlock, size } = served();
    expect(unlock()).toBe('ACK');
    stream.publish(frame());
    expect(unlock()).toBe('ACK');
    expect(size()).toBe(37);
    expect([lock(), lock()]).toEqual(['ACK', 'NAK BUSY']);
  });

  it.each([
    [0, 38],
    [37, 1],
    [0xffffffff, 1],
    [1, 0xffffffff],
  ])('refuses to be read from %d, %d bytes: past its end', (offset, length) => {
    const { stream, ask } = served();
    stream.publish(frame());
    expect(ask(Opcode.CHANNEL_READ, encodeReadRequest(offset, length)).word).toBe('NAK FAILED');
  });

  it('tells of each frame once', () => {
    const { stream, notified, lock, unlock } = served();
    stream.publish(frame());
    expect(notified()).toBe(1);
    lock();
    unlock();
    expect(notified()).toBe(0);
  });

  it('has room for the next frame when it is switched on and the last was taken', () => {
    const { stream, ioctl, lock, unlock } = served();
    expect(stream.ready).toBe(false);
    ioctl(CTRL, 1);
    expect(stream.ready).toBe(true);
    stream.publish(frame());
    expect(stream.ready).toBe(false);
    lock();
    expect(stream.ready).toBe(false);
    unlock();
    expect(stream.ready).toBe(true);
  });

  it.each([
    ['the bytes of a JPEG', PixelFormat.JPEG, 5, 5, [5]],
    ['width, height and bytes per pixel of RGB565', PixelFormat.RGB565, 2, 400, [20, 10, 2]],
  ] as const)('has as SHAPE %s, which is no length of a read', (_, pixelFormat, size, dataBytes, shape) => {
    const { stream, ask } = served();
    stream.publish(frame(pixelFormat, size, dataBytes));
    expect(decodeWords(ask(Opcode.CHANNEL_SHAPE).payload)).toEqual(shape);
  });

  it.each([
    ['CTRL', CTRL, 1],
    ['RAW_CTRL', RAW_CTRL, 1],
    ['RAW_CFG', RAW_CFG, 2],
    ['SOURCE', SOURCE, 1],
  ])('takes %s with its argument and with no other size', (_, request, count) => {
    const { ask } = served();
    for (let bytes = 0; bytes <= 16; bytes++) {
      const { word } = ask(Opcode.CHANNEL_IOCTL, encodeIoctl(request, new Uint8Array(bytes)));
      expect([bytes, word]).toEqual([bytes, bytes === 4 * count ? 'ACK' : 'NAK INVALID']);
    }
  });

  it('drops frame and lock when it is switched, and says so to its camera', () => {
    const { stream, ioctl, size, lock, switched } = served();
    stream.publish(frame());
    lock();
    ioctl(CTRL, 1);
    expect([size(), switched(), stream.enabled]).toEqual([0, 1, true]);
    stream.publish(frame());
    expect(lock()).toBe('ACK');
    ioctl(CTRL, 0);
    expect([size(), switched(), stream.enabled]).toEqual([0, 2, false]);
  });

  it('remembers what was asked of raw frames, and whose', () => {
    const { stream, ioctl } = served();
    expect([ioctl(RAW_CTRL, 1), ioctl(RAW_CFG, 160, 120), ioctl(SOURCE, LEPTON)]).toEqual(['ACK', 'ACK', 'ACK']);
    expect(stream.raw).toEqual({ enabled: true, width: 160, height: 120 });
    expect(stream.source).toBe(1);
  });

  it('refuses a sensor that is not there, and keeps the one it has', () => {
    const { stream, ioctl } = served();
    ioctl(SOURCE, LEPTON);
    expect(ioctl(SOURCE, 0x7721)).toBe('NAK FAILED');
    expect(stream.source).toBe(1);
  });

  it('is wiped by a soft reboot but for whether it is on', () => {
    const { stream, ioctl, size } = served();
    ioctl(CTRL, 1);
    ioctl(RAW_CTRL, 1);
    ioctl(SOURCE, LEPTON);
    stream.publish(frame());
    stream.softReboot();
    expect([stream.enabled, stream.raw, stream.source, size()]).toEqual([true, NOT_RAW, 0, 0]);
  });

  it('lets a SYNC take the lock of a host that has gone, with the frame', () => {
    const { stream, host, lock, size } = served();
    stream.publish(frame());
    lock();
    host.synchronise();
    expect(size()).toBe(0);
  });
});

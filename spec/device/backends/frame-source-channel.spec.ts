import { defer, of, Subject, throwError } from 'rxjs';
import { frameSourceChannel, type SourceFrame } from '../../../lib/device/backends/frame-source-channel.js';
import { parseFrame } from '../../../lib/frames/frame.js';
import { ChannelFlag } from '../../../lib/wire/flags.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import { decodeFrameHeader, encodeWords, PixelFormat } from '../../../lib/wire/payloads/index.js';
import { SimpleHost } from '../simple-host.js';
import { bytes } from '../support.js';
import { Served } from './served.js';

function served(flags?: number) {
  const frames$ = new Subject<SourceFrame>();
  return Object.assign(new Served((device) => frameSourceChannel(device, 'other', frames$, flags)), { frames$ });
}

/** A JPEG of no picture, which is told apart by its bytes. */
const frame = (number: number, length = 4): SourceFrame => ({
  width: 320,
  height: 240,
  format: 'jpeg',
  data: new Uint8Array(length).fill(number),
  fps: 25,
});

const numberOf = (read: Uint8Array | string): number | string => (typeof read === 'string' ? read : read[32]!);

/** As a host does that keeps to LOCK, SIZE, READ, UNLOCK. */
function take(it: Served): number | string {
  const locked = it.lock();
  if (locked !== 'ACK') return locked;
  const read = numberOf(it.read(0, it.size() as number));
  expect(it.unlock()).toBe('ACK');
  return read;
}

describe('a channel of frames', () => {
  it('can be read and locked', () => {
    const it = served();
    const list = it.ask(Opcode.CHANNEL_LIST, 0).payload;
    expect(list[17]).toBe(ChannelFlag.READ | ChannelFlag.LOCK | ChannelFlag.DYNAMIC);
  });

  it('has nothing before the first', () => {
    const it = served();
    expect(it.ready).toBe(false);
    expect(it.lock()).toBe('NAK BUSY');
    expect(it.size()).toBe(0);
    expect(it.read(0, 1)).toBe('NAK FAILED');
  });

  it.each([
    ['jpeg', PixelFormat.JPEG, 7, 7],
    ['rgb565', PixelFormat.RGB565, 8, 2],
    ['grayscale', PixelFormat.GRAYSCALE, 4, 1],
    ['bayer-rggb', PixelFormat.BAYER_RGGB, 4, 1],
    ['png', PixelFormat.PNG, 9, 9],
  ] as const)('has a header of 32 bytes in front of %s', (format, pixelFormat, length, size) => {
    const it = served();
    it.frames$.next({ width: 2, height: 2, format, data: new Uint8Array(length).fill(1), fps: 12.5 });
    expect(it.size()).toBe(32 + length);
    const read = it.read(0, 32 + length) as Uint8Array<ArrayBuffer>;
    expect(decodeFrameHeader(read)).toEqual({ width: 2, height: 2, pixelFormat, size, offset: 32, fps: 12.5 });
    expect(read.subarray(24, 32)).toEqual(new Uint8Array(8));
    expect(parseFrame(read, 0, 0)).toMatchObject({ format, data: new Uint8Array(length).fill(1) });
  });

  it('passes on what it does not know, all of it, and rates that are not told as 0', () => {
    const it = served();
    it.frames$.next({ width: 2, height: 2, format: 'unknown', data: bytes('010203') });
    const read = it.read(0, it.size() as number) as Uint8Array<ArrayBuffer>;
    expect(parseFrame(read, 0, 0)).toMatchObject({ format: 'unknown', data: bytes('010203'), fps: 0 });
  });

  it.each<[string, Partial<SourceFrame>, string]>([
    ['too few', { data: new Uint8Array(7) }, '2 × 2 rgb565 needs 8 bytes, not 7'],
    ['too many', { format: 'binary', data: new Uint8Array(9) }, '2 × 2 binary needs 8 bytes, not 9'],
    ['of no size', { width: NaN }, 'NaN × 2 rgb565 needs NaN bytes, not 8'],
  ])('drops a frame whose bytes are %s, reports why, and serves the next', (_, part, message) => {
    const it = served();
    const whole: SourceFrame = { width: 2, height: 2, format: 'rgb565', data: new Uint8Array(8) };
    it.frames$.next({ ...whole, ...part });
    expect(it.lock()).toBe('NAK BUSY');
    expect(it.errors).toMatchObject([{ channel: 'other', error: { code: 'INVALID_ARGUMENT', message } }]);
    expect(it.size()).toBe(0);
    it.frames$.next(whole);
    expect(it.size()).toBe(40);
  });

  it('tells of each frame once', () => {
    const it = served();
    it.frames$.next(frame(1));
    it.frames$.next(frame(2));
    expect(it.notified()).toBe(2);
    take(it);
    it.clock.pass(10_000);
    expect(it.notified()).toBe(0);
  });

  it('gives the newest of those that nobody took', () => {
    const it = served();
    for (let number = 1; number <= 5; number++) it.frames$.next(frame(number));
    expect(take(it)).toBe(5);
    expect(it.lock()).toBe('NAK BUSY');
  });

  it('holds one that is locked until UNLOCK, which discards it, and tells of the newest since', () => {
    const it = served();
    it.frames$.next(frame(1));
    expect(it.lock()).toBe('ACK');
    it.notified();
    it.frames$.next(frame(2));
    it.frames$.next(frame(3));
    expect(it.notified()).toBe(0);
    expect(it.size()).toBe(36);
    expect(numberOf(it.read(0, 36))).toBe(1);
    expect(numberOf(it.read(0, 36))).toBe(1);
    expect(it.unlock()).toBe('ACK');
    expect(it.notified()).toBe(1);
    expect(take(it)).toBe(3);
    expect(it.notified()).toBe(0);
  });

  it('is locked by one at a time', () => {
    const it = served();
    it.frames$.next(frame(1));
    expect(it.lock()).toBe('ACK');
    it.frames$.next(frame(2));
    expect(it.lock()).toBe('NAK BUSY');
    expect(numberOf(it.read(0, 36))).toBe(1);
  });

  it('can be unlocked at any time', () => {
    const it = served();
    it.frames$.next(frame(1));
    expect(it.unlock()).toBe('ACK');
    expect(take(it)).toBe(1);
  });

  it('does not tear for a reader without a lock: what it asked the SIZE of stays', () => {
    const it = served();
    it.frames$.next(frame(1, 3));
    expect(it.size()).toBe(35);
    it.frames$.next(frame(2, 1000));
    expect(numberOf(it.read(0, 35))).toBe(1);
    expect(it.size()).toBe(1032);
    expect(numberOf(it.read(0, 1032))).toBe(2);
  });

  it('is read once without a lock too, and can be read again until the next SIZE', () => {
    const it = served();
    it.frames$.next(frame(1));
    it.size();
    it.read(0, 20);
    expect(it.ready).toBe(true);
    expect(it.size()).toBe(36);
    it.read(20, 16);
    expect(it.ready).toBe(false);
    expect(numberOf(it.read(0, 36))).toBe(1);
    expect(it.size()).toBe(0);
    expect(it.lock()).toBe('NAK BUSY');
  });

  it('can be locked by who asked for its SIZE before', () => {
    const it = served();
    it.frames$.next(frame(1));
    it.size();
    expect(take(it)).toBe(1);
  });

  it.each([
    [0, 37],
    [36, 1],
    [0xffffffff, 0xffffffff],
  ])('refuses to be read from %d, %d bytes: past its end', (offset, length) => {
    const it = served();
    it.frames$.next(frame(1));
    it.lock();
    expect(it.read(offset, length)).toBe('NAK FAILED');
    expect(numberOf(it.read(0, 36))).toBe(1);
  });

  it('lets a SYNC take the lock of a host that has gone', () => {
    const it = served();
    it.frames$.next(frame(1));
    it.lock();
    it.frames$.next(frame(2));
    it.host = new SimpleHost(it.device);
    it.host.synchronise();
    expect(take(it)).toBe(2);
  });

  it('keeps the last when the source completes', () => {
    const it = served();
    it.frames$.next(frame(1));
    it.frames$.complete();
    expect(take(it)).toBe(1);
    expect(it.size()).toBe(0);
  });

  it('keeps the last when the source errors, then has none and reports that', () => {
    const it = served();
    const error = new Error('unplugged');
    it.frames$.next(frame(1));
    it.lock();
    it.notified();
    it.frames$.error(error);
    expect(it.notified()).toBe(0);
    expect(numberOf(it.read(0, 36))).toBe(1);
    it.unlock();
    expect(it.notified()).toBe(1);
    expect([it.lock(), it.size()]).toEqual(['NAK BUSY', 0]);
    expect(it.errors.map((entry) => entry.error)).toEqual([error, error]);
  });

  it('follows its source until it is unregistered or rebooted, if it is dynamic', () => {
    const [unregistered, rebooted, kept] = [served(), served(), served(ChannelFlag.READ | ChannelFlag.LOCK)];
    unregistered.channel.unregister();
    rebooted.device.softReboot();
    kept.device.softReboot();
    expect([unregistered, rebooted, kept].map(({ frames$ }) => frames$.observed)).toEqual([false, false, true]);
  });
});

describe('a channel of frames that is a stream', () => {
  const STREAM = ChannelFlag.READ | ChannelFlag.LOCK | ChannelFlag.STREAM;
  const kinds = [STREAM, STREAM | ChannelFlag.DYNAMIC];
  const control = (it: Served, request: number, ...words: number[]): string =>
    it.ask(Opcode.CHANNEL_IOCTL, undefined, encodeWords(request, ...words)).word;

  it.each(kinds)('follows its source while the host wants it (flags %i)', (flags) => {
    const it = served(flags);
    expect([it.frames$.observed, it.lock()]).toEqual([false, 'NAK BUSY']);
    expect(control(it, 0, 1)).toBe('ACK');
    it.frames$.next(frame(1));
    expect(it.notified()).toBe(1);
    expect(take(it)).toBe(1);
    expect(control(it, 0, 0)).toBe('ACK');
    expect(it.frames$.observed).toBe(false);
  });

  it('drops the frame at hand and its lock when it is switched, also on where it is on, and follows once', () => {
    const it = served(STREAM);
    control(it, 0, 1);
    it.frames$.next(frame(1));
    expect(it.lock()).toBe('ACK');
    expect(control(it, 0, 1)).toBe('ACK');
    expect(it.size()).toBe(0);
    it.notified();
    it.frames$.next(frame(2));
    expect(it.notified()).toBe(1);
    expect(take(it)).toBe(2);
  });

  it('begins anew with a source that has failed when it is switched on', () => {
    let attempts = 0;
    const failing$ = defer(() => (++attempts === 1 ? throwError(() => new Error('unplugged')) : of(frame(2))));
    const it = new Served((device) => frameSourceChannel(device, 'stream', failing$, STREAM));
    control(it, 0, 1);
    expect(it.lock()).toBe('NAK BUSY');
    expect(it.errors).toHaveLength(1);
    control(it, 0, 1);
    expect(take(it)).toBe(2);
  });

  it.each(kinds)('refuses what else is asked of a stream (flags %i)', (flags) => {
    const it = served(flags);
    for (const words of [[1, 1], [2, 320, 240], [3, 0x5640], [0], [0, 1, 1]])
      expect(control(it, words[0]!, ...words.slice(1))).toMatch(/^NAK (INVALID|FAILED)$/);
    expect(it.frames$.observed).toBe(false);
  });
});

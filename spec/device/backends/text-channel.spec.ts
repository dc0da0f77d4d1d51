import { concat, EMPTY, of, Subject, throwError } from 'rxjs';
import { Device } from '../../../lib/device/device.js';
import { textChannel, type TextChannelOptions } from '../../../lib/device/backends/text-channel.js';
import { ChannelFlag } from '../../../lib/wire/flags.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import { decodeUtf8, encodeReadRequest } from '../../../lib/wire/payloads/index.js';
import { SimpleHost } from '../simple-host.js';
import { command } from '../support.js';
import { Served } from './served.js';

function served(options?: TextChannelOptions, source$ = new Subject<string>()) {
  return Object.assign(new Served((device) => textChannel(device, 'log', source$, options)), { source$ });
}

/** All that is there, as a host reads it. */
function taken(it: Served): string {
  const size = it.size();
  if (typeof size === 'string') return size;
  if (size === 0) return '';
  return decodeUtf8(it.read(0, size) as Uint8Array);
}

describe('a channel of text', () => {
  it('is read once, in the order it was written', () => {
    const it = served();
    it.source$.next('one\n');
    it.source$.next('two\n');
    expect(taken(it)).toBe('one\ntwo\n');
    expect(taken(it)).toBe('');
  });

  it('may be read in parts, whatever the offset says', () => {
    const it = served();
    it.source$.next('abcdef');
    expect(decodeUtf8(it.read(0, 2) as Uint8Array)).toBe('ab');
    expect(decodeUtf8(it.read(0, 2) as Uint8Array)).toBe('cd');
    expect(it.size()).toBe(2);
  });

  it('gives what there is, then FAILED, to a read of more', () => {
    const it = served();
    it.source$.next('abc');
    expect(it.read(0, 5)).toBe('NAK FAILED');
    expect(it.host.lastReplies).toEqual(['FRAGMENT 3B', 'NAK FAILED']);
    expect(it.size()).toBe(0);
  });

  it('cuts characters anywhere, and has the rest in the next read', () => {
    const it = served();
    it.source$.next('é✓');
    const parts = [it.read(0, 1), it.read(0, 3), it.read(0, 1)] as Uint8Array[];
    expect(decodeUtf8(Uint8Array.from(parts.flatMap((part) => [...part])))).toBe('é✓');
  });

  it('tells when there is something after there was nothing, once', () => {
    const it = served();
    it.source$.next('a');
    it.source$.next('b');
    expect(it.notified()).toBe(1);
    taken(it);
    it.source$.next('c');
    expect(it.notified()).toBe(1);
  });

  it('tells once more when it is more than half full, until it is read', () => {
    const it = served({ capacity: 10 });
    it.source$.next('12345');
    expect(it.notified()).toBe(1);
    it.source$.next('6');
    it.source$.next('7');
    expect(it.notified()).toBe(1);
    it.read(0, 1);
    it.source$.next('8');
    expect(it.notified()).toBe(1);
  });

  it('tells nothing of an empty string', () => {
    const it = served();
    it.source$.next('');
    expect(it.notified()).toBe(0);
    expect(it.ready).toBe(false);
  });

  it('is ready while there is something', () => {
    const it = served();
    it.source$.next('a');
    expect(it.ready).toBe(true);
    taken(it);
    expect(it.ready).toBe(false);
  });

  it('drops all that it holds for what does not fit any more', () => {
    const it = served({ capacity: 10 });
    it.source$.next('123456789');
    it.source$.next('ab');
    expect(taken(it)).toBe('ab');
  });

  it('holds exactly what it is allowed to', () => {
    const it = served({ capacity: 10 });
    it.source$.next('123456789');
    it.source$.next('a');
    expect(taken(it)).toBe('123456789a');
  });

  it('keeps the tail of what is longer than all of it', () => {
    const it = served({ capacity: 4 });
    it.source$.next(`${'x'.repeat(1_000_000)}yz`);
    expect(taken(it)).toBe('xxyz');
  });

  it('holds 1024 bytes unless it is told otherwise', () => {
    const it = served();
    it.source$.next('x'.repeat(1024));
    expect(it.size()).toBe(1024);
    it.source$.next('y');
    expect(it.size()).toBe(1);
  });

  it.each([0, -1, 1.5, NaN, Infinity])('can not hold %d bytes', (capacity) => {
    expect(() => textChannel(new Device(), 'log', of(''), { capacity })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
    );
  });

  it('keeps what is left when the source has completed', () => {
    const it = served();
    it.source$.next('last words');
    it.source$.complete();
    expect(taken(it)).toBe('last words');
    expect(it.size()).toBe(0);
  });

  it('keeps what is left when the source errors, then reports that', () => {
    const it = served();
    const error = new Error('no sensor');
    it.source$.next('last words');
    it.source$.error(error);
    expect(it.notified()).toBe(2);
    expect(taken(it)).toBe('last words');
    expect(it.size()).toBe(0);
    expect(it.read(0, 1)).toBe('NAK FAILED');
    expect(it.errors.map((entry) => entry.error)).toEqual([error, error]);
  });

  it('may have a source that is over at once', () => {
    const source$ = concat(
      of('all'),
      throwError(() => new Error('over')),
    );
    const it = new Served((device) => textChannel(device, 'log', source$));
    expect(taken(it)).toBe('all');
    expect(it.size()).toBe(0);
    expect(it.errors).toMatchObject([{ error: { message: 'over' } }]);
  });

  it('follows its source until it is unregistered or rebooted, if it is dynamic', () => {
    const [unregistered, rebooted, kept] = [served(), served(), served({ flags: ChannelFlag.READ })];
    unregistered.channel.unregister();
    rebooted.device.softReboot();
    kept.device.softReboot();
    expect([unregistered, rebooted, kept].map(({ source$ }) => source$.observed)).toEqual([false, false, true]);
  });

  it('holds text for a host that comes later', () => {
    const source$ = new Subject<string>();
    const it = served(undefined, source$);
    it.host.link.subscription.unsubscribe();
    source$.next('before you came');
    it.host = new SimpleHost(it.device);
    expect(taken(it)).toBe('before you came');
  });

  it.each([
    ['less', 'before you came'],
    ['more', 'x'.repeat(600)],
  ])('tells a host that comes later by the next text, of %s than half of what fits', (_, before) => {
    const it = served();
    it.host.link.subscription.unsubscribe();
    it.source$.next(before);
    it.host = new SimpleHost(it.device);
    expect(it.notified()).toBe(0);
    it.source$.next('now');
    it.source$.next('and now');
    expect(it.notified()).toBe(1);
    expect(taken(it)).toBe(`${before}nowand now`);
  });

  it('tells again when its host has read all of it inside of being told', () => {
    const source$ = new Subject<string>();
    const device = new Device({ ack: false });
    textChannel(device, 'log', source$);
    const arriving = new Subject<Uint8Array>();
    let told = 0;
    device.attach({
      bytes$: arriving,
      write: (packet) => {
        if (packet[5] !== Opcode.CHANNEL_EVENT) return EMPTY;
        told++;
        arriving.next(command(told - 1, Opcode.CHANNEL_READ, 1, encodeReadRequest(0, 1)));
        return EMPTY;
      },
    });
    source$.next('a');
    source$.next('b');
    expect(told).toBe(2);
  });
});

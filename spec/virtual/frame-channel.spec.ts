import { uncompressedFormats } from '../../lib/frames/encode-pixels.js';
import { pictureBytes } from '../../lib/frames/pixel-format.js';
import { toRgba } from '../../lib/frames/to-rgba.js';
import { Opcode } from '../../lib/wire/opcode.js';
import {
  decodeWord,
  decodeWords,
  encodeReadRequest,
  encodeUtf8,
  encodeWriteRequest,
} from '../../lib/wire/payloads/index.js';
import { started } from '../device/camera-bench.js';
import type { SimpleHost } from '../device/simple-host.js';

const FRAME = 5;

describe('the frame channel', () => {
  const size = (host: SimpleHost) => decodeWord(host.ask(Opcode.CHANNEL_SIZE, FRAME).payload);
  const read = (host: SimpleHost, bytes: number) =>
    host.ask(Opcode.CHANNEL_READ, FRAME, encodeReadRequest(0, bytes)).payload;

  it.each(uncompressedFormats)('can hold a picture in %s', (format) => {
    const { host } = started({ frameChannelFormat: format });
    const bytes = pictureBytes(format, 64, 48)!;
    expect(size(host)).toBe(bytes);
    expect(decodeWords(host.ask(Opcode.CHANNEL_SHAPE, FRAME).payload)).toEqual([48, 64, bytes]);
    const rgba = toRgba({ format, width: 64, height: 48, data: read(host, bytes) });
    // The gradient grows greener downwards, and so brighter.
    const green = (y: number) =>
      Array.from({ length: 62 }, (_, x) => rgba[4 * (64 * y + x) + 1]!).reduce((a, b) => a + b);
    expect(green(46)).toBeGreaterThan(green(2));
  });

  it('is told by a wrong name which formats there are', () => {
    expect(() => started({ frameChannelFormat: 'jpeg' as 'rgb565' })).toThrow(
      'frameChannelFormat must be one of binary, grayscale, rgb565, argb8, bayer-bggr',
    );
  });

  it('has its next picture after the time of one, whatever that is by then', () => {
    const { host, clock } = started({ stdoutIntervalMs: false });
    host.ask(Opcode.CHANNEL_WRITE, 4, encodeWriteRequest(0, encodeUtf8('{"framesPerSecond":5}')));
    host.events.length = 0;
    read(host, size(host));
    clock.pass(199);
    expect([size(host), host.events]).toEqual([0, []]);
    clock.pass(1);
    expect([size(host), host.events]).toEqual([6144, ['5:1']]);
  });

  it('leaves no timer when the host goes before the next picture comes', () => {
    const { host, clock } = started({ stdoutIntervalMs: false });
    read(host, size(host));
    host.link.subscription.unsubscribe();
    expect(clock.actions).toHaveLength(0);
  });
});

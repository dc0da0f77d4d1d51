import { Opcode } from '../../lib/wire/opcode.js';
import {
  decodeFrameHeader,
  decodeUtf8,
  decodeWord,
  encodeReadRequest,
  encodeUtf8,
  encodeWriteRequest,
  PixelFormat,
} from '../../lib/wire/payloads/index.js';
import { readFrame, run, started, switchStream } from '../device/camera-bench.js';
import type { SimpleHost } from '../device/simple-host.js';

const CONFIG = 4;

const write = (host: SimpleHost, text: string, offset = 0): string =>
  host.ask(Opcode.CHANNEL_WRITE, CONFIG, encodeWriteRequest(offset, encodeUtf8(text))).word;

const readText = (host: SimpleHost): string => {
  const size = decodeWord(host.ask(Opcode.CHANNEL_SIZE, CONFIG).payload);
  return decodeUtf8(host.ask(Opcode.CHANNEL_READ, CONFIG, encodeReadRequest(0, size)).payload);
};
const read = (host: SimpleHost): unknown => JSON.parse(readText(host));

const atFirst = { quality: 80, framesPerSecond: 25, width: 32, height: 24, format: 'rgb565', exposure: 1 };

describe('the config channel', () => {
  it('holds all settings of the pictures, the quality first', () => {
    const { host } = started();
    expect(readText(host)).toBe(JSON.stringify(atFirst));
  });

  it('takes one setting, and leaves the others', () => {
    const { host } = started();
    expect(write(host, '{"quality":20}')).toBe('ACK');
    expect(host.events).toEqual(['4:1']);
    expect(read(host)).toEqual({ ...atFirst, quality: 20 });
  });

  it('takes several at once, in any order, and passes over what it does not know', () => {
    const { host } = started();
    expect(write(host, '{ "exposure": 2, "gain": 7, "width": 64 }')).toBe('ACK');
    expect(read(host)).toEqual({ ...atFirst, exposure: 2, width: 64 });
  });

  it.each([
    ['', 'INVALID'],
    ['{"quality"', 'FAILED'],
    ['5', 'FAILED'],
    ['null', 'FAILED'],
    ['[]', 'FAILED'],
    ['[{"quality":20}]', 'FAILED'],
    ['{}', 'FAILED'],
    ['{"gain":7}', 'FAILED'],
    ['{"__proto__":{"quality":20}}', 'FAILED'],
    ['{"quality":"20"}', 'FAILED'],
    ['{"quality":20,"framesPerSecond":0}', 'FAILED'],
    ['{"width":1e9}', 'FAILED'],
    ['{"width":65535,"height":65535}', 'FAILED'],
    ['{"format":"argb8"}', 'FAILED'],
    ['{"exposure":null}', 'FAILED'],
  ])('refuses %j, keeps what it has and says nothing', (text, status) => {
    const { host } = started();
    expect(write(host, text)).toBe(`NAK ${status}`);
    expect(read(host)).toEqual(atFirst);
    expect(host.events).toEqual([]);
  });

  it('refuses the second part of a write, which no setting begins in', () => {
    const { host } = started();
    expect(write(host, '{"quality":20}', 10)).toBe('NAK FAILED');
  });

  it('changes size and format of the next picture', () => {
    const { host, clock } = started({ board: 'N6' });
    switchStream(host, true);
    clock.pass(0);
    expect(decodeFrameHeader(readFrame(host))).toMatchObject({ width: 32, pixelFormat: PixelFormat.RGB565 });
    write(host, '{"width":40,"height":8,"format":"grayscale"}');
    clock.pass(40);
    const frame = readFrame(host);
    expect(decodeFrameHeader(frame)).toMatchObject({ width: 40, height: 8, pixelFormat: PixelFormat.GRAYSCALE });
    expect(frame).toHaveLength(32 + 40 * 8);
  });

  it('changes how often there are pictures', () => {
    const { host, clock } = started();
    switchStream(host, true);
    write(host, '{"framesPerSecond":2}');
    const frames = () => {
      clock.pass(499);
      const before = host.ask(Opcode.CHANNEL_SIZE, 3).payload;
      clock.pass(1);
      return [decodeWord(before), decodeFrameHeader(readFrame(host)).fps];
    };
    clock.pass(0);
    readFrame(host);
    expect([frames(), frames()]).toEqual([
      [0, 2],
      [0, 2],
    ]);
  });

  it('is set back by the next script, but for what the camera’s own program has changed', () => {
    const { camera, host, clock } = started();
    write(host, '{"quality":20,"width":64}');
    camera.adjust({ exposure: 3, width: 48 });
    expect(read(host)).toEqual({ ...atFirst, quality: 20, exposure: 3, width: 48 });
    expect(host.events).toEqual(['4:1', '4:1']);
    run(host, clock, 'while True: pass');
    clock.pass(1);
    expect(read(host)).toEqual({ ...atFirst, exposure: 3, width: 48 });
    expect(camera.picture).toEqual({ ...atFirst, exposure: 3, width: 48 });
  });

  it('says nothing any more when its script has ended', () => {
    const { camera, host, clock } = started();
    run(host, clock, 'print(1)');
    clock.pass(1);
    host.synchronise();
    host.events.length = 0;
    camera.adjust({ quality: 5 });
    expect(host.events).toEqual([]);
  });
});

import { VirtualCamera } from '../../lib/virtual/index.js';
import { Opcode } from '../../lib/wire/opcode.js';
import {
  decodeChannelList,
  decodeUtf8,
  decodeWord,
  encodeReadRequest,
  encodeUtf8,
  encodeWriteRequest,
} from '../../lib/wire/payloads/index.js';
import { readFrame, started, STDIN, stdout, switchStream } from '../device/camera-bench.js';
import { Clock } from '../device/clock.js';
import { SimpleHost } from '../device/simple-host.js';

describe('a VirtualCamera', () => {
  it('has the channels of the firmware and those of its main script', () => {
    const { host } = started({ imu: true });
    expect(decodeChannelList(host.ask(Opcode.CHANNEL_LIST, 0).payload)).toEqual([
      { id: 0, flags: 0x40, name: 'usb' },
      { id: 1, flags: 0x06, name: 'stdin' },
      { id: 2, flags: 0x01, name: 'stdout' },
      { id: 3, flags: 0x19, name: 'stream' },
      { id: 4, flags: 0x23, name: 'config' },
      { id: 5, flags: 0x21, name: 'frame' },
      { id: 6, flags: 0x21, name: 'imu' },
      { id: 7, flags: 0x23, name: 'controls' },
    ]);
  });

  it('announces its main script and its channels when a host comes', () => {
    const camera = new VirtualCamera({ scheduler: new Clock() });
    const host = new SimpleHost(camera);
    expect(host.events).toEqual(['1:1', ...Array<string>(4).fill('system:0')]);
  });

  it('is running in the POLL word', () => {
    const { host } = started();
    expect(decodeWord(host.ask(Opcode.CHANNEL_POLL, 0).payload) & (1 << STDIN)).not.toBe(0);
  });

  describe('its main script', () => {
    it('prints a line a second', () => {
      const { host, clock } = started();
      clock.pass(2000);
      expect(stdout(host)).toBe('frame 0 – 25.0 fps ✓\r\n'.repeat(2));
    });

    it('prints nothing if it is told so', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      clock.pass(5000);
      expect(stdout(host)).toBe('');
    });

    it('sleeps while nobody is there', () => {
      const { camera, host, clock } = started();
      host.link.subscription.unsubscribe();
      expect(clock.actions).toHaveLength(0);
      const next = new SimpleHost(camera);
      next.synchronise();
      clock.pass(1000);
      expect(stdout(next)).toContain('fps');
    });
  });

  describe('its config channel', () => {
    const write = (host: SimpleHost, text: string) =>
      host.ask(Opcode.CHANNEL_WRITE, 4, encodeWriteRequest(0, encodeUtf8(text))).word;
    const read = (host: SimpleHost): unknown => {
      const size = decodeWord(host.ask(Opcode.CHANNEL_SIZE, 4).payload);
      return JSON.parse(decodeUtf8(host.ask(Opcode.CHANNEL_READ, 4, encodeReadRequest(0, size)).payload));
    };
    const atFirst = { quality: 80, framesPerSecond: 25, width: 32, height: 24, format: 'rgb565', exposure: 1 };

    it('changes the quality of the next frame, and says so', () => {
      const qualities: number[] = [];
      const { host, clock } = started({
        frameSource: (_, { quality }) => {
          qualities.push(quality);
          return Uint8Array.of(1);
        },
      });
      switchStream(host, true);
      clock.pass(20);
      readFrame(host);
      host.events.length = 0;
      expect(write(host, '{"quality": 50}')).toBe('ACK');
      expect(host.events).toEqual(['4:1']);
      clock.pass(40);
      expect(qualities).toEqual([80, 50]);
      expect(read(host)).toEqual({ ...atFirst, quality: 50 });
    });

    it('keeps what it has when it is given nonsense', () => {
      const { host } = started();
      const refusals = ['{"quality"', '{"quality": 0}', '{"quality": 101}', '{"quality": "high"}', '[]', 'null'];
      expect(refusals.map((text) => write(host, text))).toEqual(refusals.map(() => 'NAK FAILED'));
      expect(read(host)).toEqual(atFirst);
    });
  });

  it('has a frame channel that keeps its frame until the last byte was read', () => {
    const { host, clock } = started({ stdoutIntervalMs: false });
    const read = (offset: number, size: number) =>
      host.ask(Opcode.CHANNEL_READ, 5, encodeReadRequest(offset, size)).payload;
    expect(decodeWord(host.ask(Opcode.CHANNEL_SIZE, 5).payload)).toBe(6144);
    const first = read(0, 1000);
    expect(read(0, 1000)).toEqual(first);
    clock.pass(1000);
    expect(host.events).toEqual([]);
    read(1000, 5144);
    expect(decodeWord(host.ask(Opcode.CHANNEL_SIZE, 5).payload)).toBe(0);
    clock.pass(40);
    expect(host.events).toEqual(['5:1']);
    expect(read(0, 1000)).not.toEqual(first);
  });

  it('starts anew when the host resets it', () => {
    const { camera, host } = started({ stdoutIntervalMs: false });
    switchStream(host, true);
    camera.print('gone');
    host.send(Opcode.SYS_RESET);
    expect(host.link.subscription.closed).toBe(true);
    const next = new SimpleHost(camera);
    expect(next.events).toEqual(['1:1', 'system:0', 'system:0', 'system:0']);
    next.synchronise();
    expect(stdout(next)).toBe('');
  });
});

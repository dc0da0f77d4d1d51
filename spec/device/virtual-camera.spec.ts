import jpeg from 'jpeg-js';
import { EMPTY, NEVER, throwError } from 'rxjs';
import { frameNumber, VirtualCamera, type VirtualCameraOptions } from '../../lib/device/index.js';
import { ChannelFlag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import {
  decodeChannelList,
  decodeFrameHeader,
  decodeUtf8,
  decodeWord,
  encodeIoctl,
  encodeReadRequest,
  encodeUtf8,
  encodeWords,
  encodeWriteRequest,
  PixelFormat,
} from '../../lib/wire/payloads/index.js';
import { idOf, readFrame, run, started, STDIN, stdout, STDOUT, STREAM, switchStream } from './camera-bench.js';
import { Clock } from './clock.js';
import { SimpleHost } from './simple-host.js';

const failing = (): never => {
  throw new Error('no encoder');
};

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

  describe('its stdout', () => {
    it('notifies every 50 ms while it is not empty', () => {
      const { camera, host, clock } = started({ stdoutIntervalMs: false });
      camera.print('hello\n');
      expect(host.events).toEqual([]);
      clock.pass(100);
      expect(host.events).toEqual(['2:notify', '2:notify']);
      expect(stdout(host)).toBe('hello\r\n');
      clock.pass(500);
      expect(host.events).toHaveLength(2);
    });

    it('notifies once when it is more than half full, and again after a read', () => {
      const { camera, host } = started({ stdoutIntervalMs: false, stdoutBytes: 512 });
      camera.print('x'.repeat(256));
      expect(host.events).toEqual([]);
      camera.print('x');
      camera.print('x');
      expect(host.events).toEqual(['2:notify']);
      stdout(host);
      camera.print('x'.repeat(300));
      expect(host.events).toHaveLength(2);
    });

    it('forgets everything but the newest string when it overflows', () => {
      const { camera, host } = started({ stdoutIntervalMs: false, stdoutBytes: 512 });
      camera.print('old '.repeat(120));
      camera.print('n'.repeat(100));
      expect(stdout(host)).toBe('n'.repeat(100));
    });

    it('answers a read of more than there is with what there is, then FAILED', () => {
      const { camera, host } = started({ stdoutIntervalMs: false });
      camera.print('abc');
      host.ask(Opcode.CHANNEL_READ, STDOUT, encodeReadRequest(0, 10));
      expect(host.lastReplies).toEqual(['FRAGMENT 3B', 'NAK FAILED']);
    });
  });

  describe('its scripts', () => {
    it('end the main script by a soft reboot when it is stopped', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      expect(host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(1)).word).toBe('ACK');
      expect(host.events).toEqual([]);
      clock.pass(1);
      expect(host.events).toEqual(['1:0', 'system:2']);
      host.synchronise();
      expect(idOf(host, 'config')).toBeUndefined();
      expect(stdout(host)).toBe('MPY: soft reboot\r\n');
      expect(decodeWord(host.ask(Opcode.CHANNEL_POLL, 0).payload)).toBe(0);
    });

    it('are announced, print what their print lines say, and end by themselves', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      run(host, clock, "import time\nprint('Grüße ✓')\nprint(\"it's\\ta\")\nprint(1)\n");
      clock.pass(1);
      expect(host.events).toEqual(['1:1', 'system:0', 'system:0', 'system:0', '1:0', 'system:2']);
      host.synchronise();
      expect(stdout(host)).toBe("MPY: soft reboot\r\nGrüße ✓\r\nit's\ta\r\n1\r\nMPY: soft reboot\r\n");
    });

    it('count on in an endless loop until they are stopped', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      run(host, clock, 'while True:\n  pass\n');
      clock.pass(350);
      expect(stdout(host)).toBe('MPY: soft reboot\r\n0\r\n1\r\n2\r\n');
      host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(1));
      clock.pass(1000);
      host.synchronise();
      expect(stdout(host)).toBe('MPY: soft reboot\r\n');
    });

    it('sleep while nobody is there, and go on with the next host', () => {
      const { camera, host, clock } = started({ stdoutIntervalMs: false });
      run(host, clock, 'while True:\n  pass\n');
      clock.pass(150);
      host.link.subscription.unsubscribe();
      expect(clock.actions).toHaveLength(0);
      const next = new SimpleHost(camera);
      next.synchronise();
      clock.pass(150);
      expect(stdout(next)).toBe('MPY: soft reboot\r\n0\r\n1\r\n');
    });

    it('are lost when they are executed while another runs', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      host.ask(Opcode.CHANNEL_WRITE, STDIN, encodeWriteRequest(0, encodeUtf8("print('lost')")));
      host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(2));
      clock.pass(1);
      host.synchronise();
      expect(stdout(host)).toBe('MPY: soft reboot\r\n');
      expect(host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(2)).word).toBe('NAK FAILED');
    });

    it('are appended to, and begun anew at offset 0 and by RESET', () => {
      const sources: string[] = [];
      const runScript = (source: string) => {
        sources.push(source);
        return EMPTY;
      };
      const { host, clock } = started({ stdoutIntervalMs: false, runScript });
      run(host, clock, 'forgotten');
      host.ask(Opcode.CHANNEL_WRITE, STDIN, encodeWriteRequest(0, encodeUtf8('a')));
      host.ask(Opcode.CHANNEL_WRITE, STDIN, encodeWriteRequest(1, encodeUtf8('b')));
      clock.pass(1);
      expect(sources).toEqual(['ab']);
      host.synchronise();
      host.ask(Opcode.CHANNEL_WRITE, STDIN, encodeWriteRequest(0, encodeUtf8('c')));
      expect(host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(3)).word).toBe('ACK');
      expect(host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(2)).word).toBe('NAK FAILED');
    });

    it('say why they failed', () => {
      const runScript = () => throwError(() => new Error('OSError: no sensor'));
      const { host, clock } = started({ stdoutIntervalMs: false, runScript });
      run(host, clock, 'x');
      clock.pass(1);
      host.synchronise();
      expect(stdout(host)).toContain('OSError: no sensor\r\n');
    });

    it('register channels that go with them', () => {
      const { host, clock } = started({
        stdoutIntervalMs: false,
        runScript: (_, io) => {
          io.register('late', { size: () => 8 });
          return NEVER;
        },
      });
      run(host, clock, 'x');
      clock.pass(1);
      expect(idOf(host, 'late')).toBe(7);
      host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(1));
      clock.pass(1);
      host.synchronise();
      expect(idOf(host, 'late')).toBeUndefined();
    });
  });

  describe('its stream', () => {
    it('publishes nothing until it is switched on', () => {
      const { host, clock } = started();
      clock.pass(1000);
      expect(host.ask(Opcode.CHANNEL_LOCK, STREAM).word).toBe('NAK BUSY');
      expect(host.events.filter((event) => event.startsWith('3'))).toEqual([]);
    });

    it('publishes one frame and no further one until the host has read it', () => {
      const { host, clock } = started();
      switchStream(host, true);
      clock.pass(400);
      expect(host.events.filter((event) => event.startsWith('3'))).toEqual(['3:notify']);
      const frame = readFrame(host);
      expect(decodeFrameHeader(frame)).toMatchObject({
        width: 32,
        height: 24,
        pixelFormat: PixelFormat.JPEG,
        size: frame.length - 32,
        offset: 32,
        fps: 25,
      });
      expect(frameNumber(frame.subarray(32))).toBe(1);
      expect(jpeg.decode(frame.subarray(32))).toMatchObject({ width: 32, height: 24 });
      expect(host.ask(Opcode.CHANNEL_LOCK, STREAM).word).toBe('NAK BUSY');
      clock.pass(40);
      expect(frameNumber(readFrame(host).subarray(32))).toBe(12);
    });

    it('drops the frame at hand and its lock when it is switched', () => {
      const { host, clock } = started();
      switchStream(host, true);
      clock.pass(0);
      expect(host.ask(Opcode.CHANNEL_LOCK, STREAM).word).toBe('ACK');
      switchStream(host, false);
      expect(decodeWord(host.ask(Opcode.CHANNEL_SIZE, STREAM).payload)).toBe(0);
    });

    it('refuses requests with a wrong argument', () => {
      const { host } = started();
      const ask = (request: number, bytes: number) =>
        host.ask(Opcode.CHANNEL_IOCTL, STREAM, encodeIoctl(request, new Uint8Array(bytes))).word;
      expect([ask(0, 0), ask(0, 8), ask(2, 4), ask(9, 0)]).toEqual(Array(4).fill('NAK INVALID'));
      expect([ask(0, 4), ask(1, 4), ask(2, 8), ask(3, 4)]).toEqual(Array(4).fill('ACK'));
    });

    it('gives raw frames of the size that was asked for, where they fit', () => {
      const { host, clock } = started();
      host.ask(Opcode.CHANNEL_IOCTL, STREAM, encodeIoctl(2, encodeWords(16, 12)));
      host.ask(Opcode.CHANNEL_IOCTL, STREAM, encodeIoctl(1, encodeWords(1)));
      switchStream(host, true);
      clock.pass(0);
      const frame = readFrame(host);
      expect(decodeFrameHeader(frame)).toMatchObject({
        width: 16,
        height: 12,
        pixelFormat: PixelFormat.RGB565,
        size: 2,
      });
      expect(frame).toHaveLength(32 + 2 * 16 * 12);
    });

    it('stays on through a soft reboot, but shows nothing until a script runs', () => {
      const { host, clock } = started({ stdoutIntervalMs: false });
      switchStream(host, true);
      host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(1));
      clock.pass(500);
      host.synchronise();
      expect(host.ask(Opcode.CHANNEL_LOCK, STREAM).word).toBe('NAK BUSY');
      host.ask(Opcode.CHANNEL_WRITE, STDIN, encodeWriteRequest(0, encodeUtf8('while True:')));
      host.ask(Opcode.CHANNEL_IOCTL, STDIN, encodeIoctl(2));
      clock.pass(50);
      expect(readFrame(host).length).toBeGreaterThan(32);
    });

    it('encodes only what is published, with what it was given', () => {
      const asked: number[] = [];
      const frameSource = (index: number) => {
        asked.push(index);
        return Uint8Array.of(index);
      };
      const { host, clock } = started({ frameSource });
      clock.pass(1000);
      switchStream(host, true);
      clock.pass(1000);
      expect(asked).toEqual([1]);
      expect(readFrame(host).subarray(32)).toEqual(Uint8Array.of(1));
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

  it('refuses impossible options', () => {
    const impossible: VirtualCameraOptions[] = [
      { width: 0 },
      { height: 1.5 },
      { quality: 101 },
      { framesPerSecond: 0 },
      { stdoutIntervalMs: -1 },
      { stdoutIntervalMs: Infinity },
      { pollIntervalMs: 2 ** 31 },
      { stdoutBytes: 3 as 512 },
      { maxPayload: 49 },
    ];
    for (const options of impossible)
      expect(() => new VirtualCamera(options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });

  it('takes an option that is undefined for one that was left out', () => {
    const names = ['board', 'width', 'format', 'memory', 'sensors', 'stdoutBytes', 'firmware', 'name', 'scheduler'];
    const leftOut = Object.fromEntries(names.map((name) => [name, undefined]));
    const camera = new VirtualCamera(leftOut);
    expect(camera.picture).toEqual(new VirtualCamera().picture);
    const { payload } = new SimpleHost(camera.device).ask(Opcode.SYS_MEMORY, 0);
    expect(payload[0]).toBe(2);
  });

  it.each<[string, VirtualCameraOptions]>([
    ['encodeJpeg', { encodeJpeg: failing }],
    ['frameSource', { frameSource: failing }],
  ])('refuses the frame that %s throws at, says why, and goes on with the next', (_, options) => {
    const { camera, host, clock } = started({ ...options, stdoutIntervalMs: false });
    const errors: unknown[] = [];
    camera.device.errors$.subscribe((error) => errors.push(error));
    switchStream(host, true);
    clock.pass(100);
    expect(host.events).toEqual(['3:notify']);
    expect(host.ask(Opcode.CHANNEL_LOCK, STREAM).word).toBe('NAK FAILED');
    expect(errors).toEqual([{ channel: 'stream', opcode: Opcode.CHANNEL_LOCK, error: new Error('no encoder') }]);
    expect(host.ask(Opcode.CHANNEL_LOCK, STREAM).word).toBe('NAK BUSY');
    camera.adjust({ format: 'png' });
    clock.pass(40);
    if (options.encodeJpeg) expect(readFrame(host).length).toBeGreaterThan(32);
    else expect(host.ask(Opcode.CHANNEL_SIZE, STREAM).word).toBe('NAK FAILED');
  });

  it('ends a script that finds no id for its channels, and says so', () => {
    const clock = new Clock();
    const camera = new VirtualCamera({ scheduler: clock, stdoutIntervalMs: false });
    for (let at = 0; at < 27; at++) camera.device.register(`own ${at}`, {}, ChannelFlag.READ);
    const host = new SimpleHost(camera);
    host.synchronise();
    expect(decodeChannelList(host.ask(Opcode.CHANNEL_LIST, 0).payload)).toHaveLength(31);
    expect(stdout(host)).toBe("no id is left for channel 'frame': a camera has 32 channels\r\nMPY: soft reboot\r\n");
    clock.pass(50);
    expect(clock.actions).toHaveLength(0);
  });
});
